/* The loader's menu from images of the host: what `entries` and `check` share. */
#ifndef HOST_MENU_H
#define HOST_MENU_H

#include <stdbool.h>

#include "loader/loader.h"

struct image;

/* The menu, and what it was made from. */
struct host_menu {
	struct report report;
	struct loader loader;
	struct disk *disks;
	struct image **images;
	unsigned images_count;
	bool json;    /* --json was given */
	bool damaged; /* an image could not be read, or its file system is damaged */
};

/* Reads the arguments of a command that takes [--json] IMAGE.., DOC for its --help, and makes the
 * menu. False when that failed; the reason is then in the report. Wrong usage ends the program.
 * Either way the caller ends with menu_close(). */
bool menu_open(struct host_menu *, int argc, char **argv, const char *doc);
void menu_close(struct host_menu *);

/* The menu as JSON on standard output, as docs/design.md has it. PROBLEMS holds the text of each
 * entry's problem, "" for none, in the order of the menu. */
void menu_print_json(const struct host_menu *, const struct str *problems);

/* Prints S on standard output; what is not printable is shown as '?'. */
void menu_print(struct str s);

/* The report, and when nothing boots also what lies on disks that hold nothing of ours, on standard
 * error. */
void menu_print_report(const struct host_menu *);

#endif
