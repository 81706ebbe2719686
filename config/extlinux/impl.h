/* extlinux.conf and syslinux.cfg. The layers:
 *
 *   extlinux.c    a file: its keywords, its INCLUDEs, its timeouts
 *   label.c       labels become entries, submenus a part of their titles; the default
 */
#ifndef CONFIG_EXTLINUX_IMPL_H
#define CONFIG_EXTLINUX_IMPL_H

#include "config/lines/text.h"
#include "config/parse.h"

/* The most files of one menu, with all nested INCLUDEs, and the most levels of submenus. */
#define FILES_MAX 16
#define MENUS_MAX 8

/* One label, as written. All zero: no label is open. */
struct label {
	struct str name; /* the rest of the line LABEL */
	struct str title, kernel, append, initrd;
	struct str from; /* the file it stands in */
	unsigned line;
	struct str other; /* the keyword, when that starts something other than Linux */
	bool open, append_said, initial, hidden;
	bool leads_away; /* it leads to another menu, or nowhere */
};

/* A menu that is being read. Of the outermost one only `chosen` matters. */
struct submenu {
	struct str tag, label, title;
	const struct entry *before; /* the last entry before it; NULL where there is none */
	struct entry *chosen;       /* its default, when it marks one */
	bool initial;               /* it is the default of the menu it is in */
	bool start;                 /* it is shown first */
};

/* The value of DEFAULT or ONTIMEOUT, and where it stands. */
struct command {
	struct str text, from;
	unsigned line;
};

struct reader {
	struct parse *p;      /* of the file that is being read */
	struct parse *top;    /* of the menu's first file: relative names begin at its folder */
	struct str directory; /* that folder */
	struct label label;
	struct submenu menus[MENUS_MAX + 1]; /* the first is the menu itself */
	unsigned depth;       /* of the menu that is being read: its place in `menus` */
	unsigned too_deep;    /* open menus past MENUS_MAX: their entries join the one above */
	struct entry *start;  /* the default of the submenu that is shown first */
	struct config hidden; /* entries that MENU HIDE hides */
	struct str append;    /* for labels without an APPEND of their own */
	struct command initial, ontimeout;
	struct text text;               /* the options that are being put together */
	struct str open[FILES_MAX + 1]; /* the files that are being read, the outermost first */
	unsigned opened;
	unsigned line, files;
	bool help;               /* between TEXT and ENDTEXT */
	bool menu;               /* UI: a menu is shown */
	bool quiet;              /* PROMPT 0 */
	uint64_t timeout, total; /* tenths of a second; 0: none */
};

/* Finds the file that the menu calls NAME, which is not empty. *PATH, in the arena, may name a file
 * that does not exist. Fails only with E_NO_MEMORY, reported. */
enum status extlinux_find(struct reader *, struct str name, struct str *path);

/* Makes the entry of the open label, if there is one. Fails as parse_entry() does. */
enum status extlinux_end_label(struct reader *);

/* Begin and end a submenu (MENU BEGIN, MENU END); both end the open label. Fail as parse_entry()
 * does. */
enum status extlinux_begin_menu(struct reader *, struct str tag);
enum status extlinux_end_menu(struct reader *);

/* Ends the open label and menus, and decides which entry is the default. The entry that DEFAULT or
 * ONTIMEOUT names gets the options behind its name; a file that they name becomes an entry of its
 * own. */
enum status extlinux_choose(struct reader *);

#endif
