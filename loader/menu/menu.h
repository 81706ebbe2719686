/* The menu: what a person sees and which entry comes out of it. */
#ifndef LOADER_MENU_MENU_H
#define LOADER_MENU_MENU_H

#include "loader/loader.h"

/* The longest options a person can edit, in bytes. */
#define EDIT_MAX 4096

/* What the menu shows. */
struct menu {
	const struct item *entries;
	unsigned count;
	unsigned selected; /* where the bar stands; it is left where the person put it */
	bool countdown;    /* boot `selected` after `seconds`; leave when count is 0 */
	bool leave;        /* leave after `seconds` also when there are entries: all were tried */
	struct str no_editor; /* why options are not to be edited, as a sentence; "": they are */
	bool locked;          /* a person may not leave; then there is no editor either */
	const char *leaving;  /* what leaving by itself is: "Returning to the firmware" */
	unsigned seconds;
	struct str message; /* lines to read above the list: a report; may be "" */
	uint64_t shown;     /* clock_ticks() when it was first drawn; 0 before */
};

enum menu_answer {
	MENU_BOOT,  /* boot entries[selected] with `options` */
	MENU_LEAVE, /* back to the firmware: the person asked for it, or the countdown did */
};

struct menu_choice {
	enum menu_answer answer;
	bool person;        /* a key was pressed: somebody is there */
	struct str options; /* the entry's own, or as edited; lives until the next menu_run() */
};

/* Shows the menu and waits for a choice, without a countdown for ever. With a countdown of 0
 * seconds it draws nothing and returns at once, unless the firmware kept a key that was pressed
 * before. Any key stops the countdown for good. Calls platform_wait() before it draws anything. */
struct menu_choice menu_run(struct menu *);

#endif
