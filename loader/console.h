/* The console and the clock, as the menu needs them. Implemented by efi/console.c and, for the
 * tests, test/unit/console.c. */
#ifndef LOADER_CONSOLE_H
#define LOADER_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* A key: a Unicode character (Enter is '\r', Escape 0x1b, Backspace '\b', Tab '\t', control keys
 * 0x01 to 0x1a), or one of these. */
enum key {
	KEY_NONE = 0,
	KEY_ENTER = '\r',
	KEY_ESCAPE = 0x1b,
	KEY_BACKSPACE = '\b',
	KEY_UP = 0x110000,
	KEY_DOWN,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_HOME,
	KEY_END,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_DELETE,
};

/* Colours that every console has. */
enum colour { COLOUR_BLACK, COLOUR_CYAN, COLOUR_LIGHT_GRAY, COLOUR_YELLOW, COLOUR_WHITE };

struct colours {
	enum colour text, background; /* a background is BLACK or LIGHT_GRAY */
};

/* What console_clear() and console_write() draw in. */
#define CONSOLE_COLOURS                         \
	{                                       \
		COLOUR_LIGHT_GRAY, COLOUR_BLACK \
	}

/* Waits for ever, as a timeout of console_key(). */
#define WAIT_FOREVER UINT32_MAX

struct console_size {
	unsigned columns, rows;
};

/* The size of the screen in characters, at least 40 by 10. */
struct console_size console_size(void);

/* Empties the screen and hides the cursor. */
void console_clear(void);

/* True when all consoles, screen and serial lines, can show the printable character C. */
bool console_shows(uint32_t c);

/* Writes UTF-8 text at COLUMN and ROW, both from 0. Text that does not fit on that row is cut.
 * Never touches the last cell of the last row, which would scroll. */
void console_put(unsigned column, unsigned row, struct colours, struct str text);

/* Shows the cursor at COLUMN and ROW. */
void console_cursor(unsigned column, unsigned row);

/* Writes UTF-8 text where the cursor stands and lets the screen scroll: '\n' ends a line, '\r' goes
 * back to its beginning. */
void console_write(struct str text);

/* The next key, or KEY_NONE when none came within TIMEOUT milliseconds; 0 only looks. */
uint32_t console_key(uint32_t timeout);

/* Calls RING once when MS milliseconds have passed, also while a device is waited for, if its
 * driver can be interrupted. RING may write to the console. Replaces the alarm set before; NULL
 * sets none. */
void console_alarm(uint32_t ms, void (*ring)(void));

/* Milliseconds since some fixed moment. The first call of this or clock_us() takes up to
 * 2 ms, usually half of one. */
uint64_t clock_ms(void);

/* The processor's own counter, which costs nothing to read, and how long TICKS of it are, in
 * microseconds. */
uint64_t clock_ticks(void);
uint64_t clock_us(uint64_t ticks);

/* Ticks that are surely no more than a tenth of a second, and not much less on a usual machine.
 * Costs nothing to ask for. */
uint64_t clock_tenth(void);

#endif
