/* A menu on a console without a terminal: what the tests of loader/menu share. */
#ifndef TEST_UNIT_MENU_WORLD_H
#define TEST_UNIT_MENU_WORLD_H

#include "loader/menu/colours.h"
#include "loader/menu/menu.h"
#include "test/unit/console.h"

#define MANY 100

/* Entries "Entry 0" to "Entry 99" with the options "ro quiet", and a menu of the first three that
 * boots after 5 seconds: for the tests to change. */
extern struct entry menu_stock[MANY];
extern struct menu menu;

/* cmocka's setup: all as said above. */
int menu_setup(void **state);

/* Events for RUN(): a key at so many milliseconds; a function that looks at the screen then. */
#define PRESS(ms, what)                   \
	{                                 \
		.at = (ms), .key = (what) \
	}
#define LOOK(ms, what)                     \
	{                                  \
		.at = (ms), .look = (what) \
	}

/* Runs the menu on a screen of this size with these events. */
#define RUN(columns, rows, ...)                                              \
	run_menu(columns, rows, (const struct console_event[]){__VA_ARGS__}, \
		 sizeof((const struct console_event[]){__VA_ARGS__}) /       \
			 sizeof(struct console_event))

struct menu_choice run_menu(unsigned columns, unsigned rows, const struct console_event *,
			    size_t n);

/* Asserts that the choice is to boot this entry with these options. */
void assert_boots(struct menu_choice, unsigned selected, const char *options);

/* The row that begins with TEXT; fails the test when there is none. */
unsigned row_of(const char *text);

/* Asserts that the row begins in the colours of STYLE. */
void assert_style(unsigned row, enum style);

/* True when TEXT stands somewhere on the screen, within a row. */
bool is_shown(const char *text);

#endif
