/* What the files that read extlinux.conf share. */
#ifndef CONFIG_EXTLINUX_IMPL_H
#define CONFIG_EXTLINUX_IMPL_H

#include "config/lines/text.h"
#include "config/parse.h"

/* The most files that one menu consists of, all the INCLUDEs in INCLUDEs among them, and the most
 * menus that lie in each other. */
#define FILES_MAX 16
#define MENUS_MAX 8

/* What is said of one label, as written. All zero: no label is open. */
struct label {
	struct str name; /* the rest of its line */
	struct str title, kernel, append, initrd;
	struct str from; /* the file it stands in */
	unsigned line;
	struct str other; /* what it starts is no Linux: the keyword that says so */
	bool open, append_said, initial, hidden;
	bool leads_away; /* to another menu, or nowhere */
};

/* A menu that is being read. In the first, which is all of it, only `chosen` counts. */
struct submenu {
	struct str tag, label, title;
	const struct entry *before; /* the last entry before it; NULL where there is none */
	struct entry *chosen;       /* its default, when it says one */
	bool initial;               /* it is the default of the menu it is in */
	bool start;                 /* it is shown first */
};

/* What DEFAULT or ONTIMEOUT says, which stands in that line of that file. */
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
	unsigned depth;                      /* of the menu that is being read */
	unsigned too_deep;                   /* menus in it that are not told apart */
	struct entry *start;                 /* the default of the submenu that is shown first */
	struct config hidden;                /* entries that are not shown */
	struct str append;                   /* of all labels that have none of their own */
	struct command initial, ontimeout;
	struct text text;               /* options in the making */
	struct str open[FILES_MAX + 1]; /* the files that are being read, the outermost first */
	unsigned opened;
	unsigned line, files;
	bool help;               /* between TEXT and ENDTEXT */
	bool menu;               /* somebody wants a menu to be shown */
	bool quiet;              /* PROMPT 0 */
	uint64_t timeout, total; /* tenths of a second; 0: none */
};

/* Where the file lies that the menu calls NAME, which is not empty. */
enum status extlinux_find(struct reader *, struct str name, struct str *path);

/* Makes the entry of the label that is open, if one is. */
enum status extlinux_end_label(struct reader *);

/* MENU BEGIN and MENU END, which end the label too. */
enum status extlinux_begin_menu(struct reader *, struct str tag);
enum status extlinux_end_menu(struct reader *);

/* Ends what is open and decides which entry is the default: what DEFAULT and ONTIMEOUT name gets
 * the options that they add, and an entry of its own where it is a file. */
enum status extlinux_choose(struct reader *);

#endif
