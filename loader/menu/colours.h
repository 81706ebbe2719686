/* The colours of the menu. */
#ifndef LOADER_MENU_COLOURS_H
#define LOADER_MENU_COLOURS_H

#include "loader/console.h"

enum style {
	STYLE_NORMAL,   /* an entry, a line of detail, options that are edited */
	STYLE_SELECTED, /* the selected entry */
	STYLE_DIM,      /* an entry that cannot boot, and hints: keys, the place in the list */
	STYLE_TITLE,    /* the loader's name in the first row */
	STYLE_ERROR,    /* what went wrong */
};

static inline struct colours style_colours(enum style style)
{
	static const struct colours colours[] = {
		[STYLE_NORMAL] = CONSOLE_COLOURS,
		[STYLE_SELECTED] = {COLOUR_BLACK, COLOUR_LIGHT_GRAY},
		[STYLE_DIM] = {COLOUR_CYAN, COLOUR_BLACK},
		[STYLE_TITLE] = {COLOUR_WHITE, COLOUR_BLACK},
		[STYLE_ERROR] = {COLOUR_YELLOW, COLOUR_BLACK},
	};

	return colours[style];
}

#endif
