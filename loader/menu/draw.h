/* Drawing the menu: rows of text, and only those that changed, because serial lines are slow. */
#ifndef LOADER_MENU_DRAW_H
#define LOADER_MENU_DRAW_H

#include "loader/menu/edit.h"
#include "loader/menu/menu.h"

/* What is to be seen. Titles, options and messages come from guests: what is not printable, or the
 * console does not show, is drawn as '?'. A title that is cut ends in "...", and all of it stands
 * below the list when it is selected. */
struct view {
	const struct menu *menu;
	bool counting;
	unsigned seconds; /* left, when counting */
	bool editing;
	struct edit edit;  /* when editing */
	struct str notice; /* a line for the person; "" when there is none */
	unsigned top;      /* the first entry of the list in sight; kept by draw() */
	unsigned page;     /* entries in sight at once; set by draw() */
};

/* Empties the screen and hides the cursor. The next draw() draws all of it. */
void draw_clear(void);

/* Brings the screen up to date. */
void draw(struct view *);

#endif
