/* The loader's menu from images of the host: what `entries` and `check` share. */
#ifndef HOST_MENU_H
#define HOST_MENU_H

#include <stdbool.h>
#include <stdio.h>

#include "loader/loader.h"

struct image;

/* What the command line says; the strings are its own. */
struct menu_args {
	char **images;
	unsigned count;
	struct settings settings; /* what --set says */
	bool json;                /* --json was given */
	bool each;                /* --each was given: each image is a machine */
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

/* Reads the arguments of a command that takes [--json] [--set NAME=VALUE] IMAGE..., and --each
 * where it MAY_EACH; DOC is the text of its --help. Wrong usage ends the program. */
struct menu_args menu_parse(int argc, char **argv, const char *doc, bool may_each);

/* Makes the menu of one machine, whose disks are IMAGES, COUNT of them. False when that failed; the
 * reason is then in the report. Either way the caller ends with menu_close(). */
bool menu_open(struct host_menu *, const struct menu_args *, char **images, unsigned count);
void menu_close(struct host_menu *);

/* The menu as JSON on standard output, as docs/partless.1 has it, the opening brace and what comes
 * before it left to the caller. PROBLEMS holds the text of each entry's problem, "" for none, in
 * the order of the menu. */
void menu_print_json(const struct host_menu *, const struct str *problems);

/* Prints S on standard output; what is not printable is shown as '?'. */
void menu_print(struct str s);

/* The report, and when nothing boots also why, on F, each line behind BEFORE. Flushes standard
 * output first: both may go to one terminal. */
void menu_print_report(const struct host_menu *, FILE *, const char *before);

#endif
