/* A console without a terminal: keys by script, a clock that only waiting moves, a screen to read.
 */
#ifndef TEST_UNIT_CONSOLE_H
#define TEST_UNIT_CONSOLE_H

#include "loader/console.h"

/* At so many milliseconds, LOOK is called, if there is one, and KEY pressed, if it is one. */
struct console_event {
	uint64_t at;
	uint32_t key;
	void (*look)(void);
};

/* Begins anew: an empty screen of this size, the clock at 0, and N events, borrowed, in the order
 * of time. A wait for ever behind the last of them fails the test. */
void console_script(unsigned columns, unsigned rows, const struct console_event *, unsigned n);

/* What stands in a row, without the blanks at its end; lives until the next call. */
const char *console_row(unsigned row);

/* The colours of the first character of a row. */
struct colours console_colours(unsigned row);

/* Where the cursor is shown; false when it is hidden. */
bool console_cursor_at(unsigned *column, unsigned *row);

/* MS milliseconds pass. */
void console_pass(uint64_t ms);

extern bool console_plain;      /* it shows only U+0000 to U+00FF; console_script() clears it */
extern unsigned console_cells;  /* characters drawn since console_script() */
extern unsigned console_clears; /* calls of console_clear() */
extern char console_log[];      /* what console_write() wrote, NUL-terminated */

#endif
