/* The loader's menu from images on the host: what `entries` and `check` share. */
#ifndef HOST_MENU_H
#define HOST_MENU_H

#include <stdbool.h>
#include <stdio.h>

#include "loader/loader.h"

struct image;
struct tree;

/* A disk of the machine, as the firmware would show it to the loader. */
struct menu_disk {
	const char *image;  /* the file or device */
	const char *format; /* as image_open() takes it */
	enum link link;
	enum bus bus;
	bool virtio;
	unsigned boot_place; /* in the host's boot order, from 1; 0: it has none */
	struct str serial;   /* as the firmware knows it; "" where it does not */
};

/* The arguments. The strings point into argv. */
struct menu_args {
	struct menu_disk *disks;
	unsigned count;
	const char *format;         /* of all disks: what --format says, or NULL */
	const char *directory;      /* of the loader, with the host's own menu; NULL: it has none */
	const struct tree *tree;    /* where that lies */
	char *command_line;         /* the loader's own, which menu_open() changes; or NULL */
	struct settings settings;   /* what --set says */
	bool json;                  /* --json was given */
	bool each;                  /* --each was given: each image is a machine */
	const char *vars;           /* the file that --vars names, or NULL */
	const char *loader, *entry; /* what --loader and --entry name, or NULL */
	bool checks;                /* the command is `check` */
	bool direct, events;        /* --direct and --events were given */
};

/* The menu, and what it was made from. */
struct host_menu {
	struct report report;
	struct loader loader;
	struct disk *disks;
	struct image **images;
	unsigned images_count;
	bool damaged; /* an image could not be read, or its file system is damaged */
};

/* What a command takes besides [--json] [--arch NAME] [--format NAME] [--set NAME=VALUE]
 * [--vars FILE] IMAGE... */
enum menu_more {
	MENU_NO_MORE,
	MENU_CHECKS,   /* [--each] [--loader FILE], instead of which there may be no IMAGE */
	MENU_MEASURES, /* [--loader FILE] [--direct] [--entry ID] [--events] */
};

/* Reads the arguments of such a command. Opens the variables. --help, --version, wrong usage and
 * variables that cannot be read end the program. DOC is the text of --help. */
struct menu_args menu_parse(int argc, char **argv, const char *doc, enum menu_more);

/* Makes the menu of one machine, whose disks are the COUNT in DISKS. False when that failed; the
 * report says why. In both cases the caller ends with menu_close(). */
bool menu_open(struct host_menu *, const struct menu_args *, const struct menu_disk *disks,
	       unsigned count);
void menu_close(struct host_menu *);

/* Prints on standard output the members of the JSON object of docs/partless.1, and its closing
 * brace. The caller has printed the opening brace, and any members of its own. PROBLEMS has the
 * text of each entry's problem, "" for none, in the order of the menu. */
void menu_print_json(const struct host_menu *, const struct str *problems);

/* Prints S on standard output; what is not printable is shown as '?'. */
void menu_print(struct str s);

/* Prints the report on F and, when nothing boots, the reason; BEFORE is put in front of each line.
 * Flushes standard output first, because both may go to one terminal. */
void menu_print_report(const struct host_menu *, FILE *f, const char *before);

#endif
