/* Would a machine boot? What `check` and `doctor` say about its disks. */
#ifndef HOST_VERDICT_H
#define HOST_VERDICT_H

#include "host/menu.h"

/* What was found. The arrays have one element for each entry of the menu. */
struct verdict {
	struct str *problems; /* why the entry cannot boot; "" when it can */
	struct str *cures;    /* what to do about it; "" when the problem's text says so */
	bool damaged;         /* a disk or an entry could not be read */
	bool boots;           /* an entry boots by itself: */
	unsigned entry;
	const struct volume *no_root; /* its root, when Linux will not mount that; else NULL */
};

/* Makes the menu of one machine, whose disks are DISKS, and plans its boots. The caller ends with
 * menu_close() and verdict_free(), whatever was found. */
void verdict_find(struct verdict *, struct host_menu *, const struct menu_args *,
		  const struct menu_disk *disks, unsigned count);
void verdict_free(struct verdict *);

/* EXIT_YES, EXIT_NO or EXIT_ERROR. */
int verdict_exit_code(const struct verdict *);

/* Prints on standard output a line for each entry, and then whether the machine would boot. */
void verdict_print(const struct loader *, const struct verdict *);

/* Prints on standard output one line for the machine IMAGE and, indented below it, what keeps it
 * from booting. */
void verdict_print_line(const struct host_menu *, const struct verdict *, const char *image);

/* Prints on standard output the JSON object of docs/partless.1, with IMAGE in it unless that is
 * NULL. */
void verdict_print_json(const struct host_menu *, const struct verdict *, const char *image);

#endif
