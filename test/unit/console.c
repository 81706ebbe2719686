/* A console without a terminal. */
#include "test/unit/console.h"

#include "base/printable.h"
#include "base/utf8.h"
#include "test/unit/test.h"

#define COLUMNS  300
#define ROWS     150
#define LOG_SIZE 65536
#define EMPTY    UINT32_MAX
#define TICKS    1000000ull /* of a millisecond */

bool console_plain;
unsigned console_cells, console_clears;
char console_log[LOG_SIZE];

static struct {
	struct console_size size;
	const struct console_event *events;
	unsigned count, next;
	uint64_t now, ring_at;
	void (*ring)(void); /* at ring_at */
	uint32_t cells[ROWS][COLUMNS];
	struct colours colours[ROWS][COLUMNS];
	bool cursor;
	unsigned cursor_column, cursor_row;
	size_t logged;
} c;

void console_script(unsigned columns, unsigned rows, const struct console_event *events, unsigned n)
{
	assert_in_range(columns, 1, COLUMNS);
	assert_in_range(rows, 1, ROWS);
	memset(&c, 0, sizeof(c));
	c.size = (struct console_size){columns, rows};
	c.events = events;
	c.count = n;
	console_cells = console_clears = 0;
	console_plain = false;
	console_log[0] = '\0';
	console_clear();
	console_clears = 0;
}

const char *console_row(unsigned row)
{
	static char text[COLUMNS * 4 + 1];
	size_t n = 0, end = 0;

	assert_true(row < c.size.rows);
	for (unsigned x = 0; x < c.size.columns; x++) {
		if (c.cells[row][x] == EMPTY)
			continue;
		n += utf8_encode(c.cells[row][x], text + n);
		if (c.cells[row][x] != ' ')
			end = n;
	}
	text[end] = '\0';
	return text;
}

struct colours console_colours(unsigned row)
{
	assert_true(row < c.size.rows);
	return c.colours[row][0];
}

bool console_cursor_at(unsigned *column, unsigned *row)
{
	*column = c.cursor_column;
	*row = c.cursor_row;
	return c.cursor;
}

struct console_size console_size(void)
{
	return c.size;
}

void console_clear(void)
{
	for (unsigned y = 0; y < ROWS; y++) {
		for (unsigned x = 0; x < COLUMNS; x++) {
			c.cells[y][x] = ' ';
			c.colours[y][x] = (struct colours)CONSOLE_COLOURS;
		}
	}
	c.cursor = false;
	console_clears++;
}

bool console_shows(uint32_t character)
{
	return !console_plain || character < 0x100;
}

/* A wide character takes two cells, the second of which is empty; a mark stands in none. */
static void put_cell(unsigned row, unsigned column, uint32_t character, struct colours colours)
{
	unsigned width = char_width(character);

	assert_true(column + width <= c.size.columns);
	for (unsigned i = 0; i < width; i++) {
		c.cells[row][column + i] = i == 0 ? character : EMPTY;
		c.colours[row][column + i] = colours;
	}
}

void console_put(unsigned column, unsigned row, struct colours colours, struct str text)
{
	assert_true(row < c.size.rows && column < c.size.columns);
	while (text.n > 0) {
		uint32_t character = 0;
		size_t n = utf8_decode(text, &character);

		/* Whoever draws sees to it that only harmless, well-formed text arrives. */
		assert_int_not_equal(n, 0);
		assert_true(char_is_printable(character));
		assert_true(console_shows(character));
		console_cells++;
		put_cell(row, column, character, colours);
		column += char_width(character);
		text = str_skip(text, n);
	}
}

void console_cursor(unsigned column, unsigned row)
{
	assert_true(row < c.size.rows && column < c.size.columns);
	c.cursor = true;
	c.cursor_column = column;
	c.cursor_row = row;
}

void console_write(struct str text)
{
	assert_true(text.n < LOG_SIZE - c.logged);
	memcpy(console_log + c.logged, text.p, text.n);
	c.logged += text.n;
	console_log[c.logged] = '\0';
}

uint32_t console_key(uint32_t timeout)
{
	uint64_t until = timeout == WAIT_FOREVER ? UINT64_MAX : c.now + timeout;

	while (c.next < c.count && c.events[c.next].at <= until) {
		const struct console_event *e = &c.events[c.next++];

		c.now = e->at > c.now ? e->at : c.now;
		if (e->look != NULL)
			e->look();
		if (e->key != KEY_NONE)
			return e->key;
	}
	if (timeout == WAIT_FOREVER)
		print_error("waiting for a key for ever\n");
	assert_int_not_equal(timeout, WAIT_FOREVER);
	c.now = until;
	return KEY_NONE;
}

void console_alarm(uint32_t ms, void (*ring)(void))
{
	c.ring = ring;
	c.ring_at = c.now + ms;
}

void console_pass(uint64_t ms)
{
	uint64_t until = c.now + ms;

	if (c.ring != NULL && c.ring_at <= until) {
		void (*ring)(void) = c.ring;

		c.ring = NULL;
		c.now = c.ring_at;
		ring();
	}
	c.now = until;
}

uint64_t clock_ms(void)
{
	return c.now;
}

uint64_t clock_tenth(void)
{
	return 100 * TICKS;
}

uint64_t clock_ticks(void)
{
	return c.now * TICKS;
}

uint64_t clock_us(uint64_t ticks)
{
	return ticks / (TICKS / 1000);
}
