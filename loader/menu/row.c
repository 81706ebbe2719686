/* One row of the screen while it is made: text, cut where its columns end. */
#include "loader/menu/row.h"

#include "base/fmt.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "loader/console.h"

/* Behind what was cut. */
#define CUT       "..."
#define CUT_WIDTH 3u

/* Cuts the first character off *S, and returns what is shown of it. */
static uint32_t next_char(struct str *s)
{
	uint32_t c = printable_next(s);

	return console_shows(c) ? c : '?';
}

/* Counts the character C. False, and nothing counted, when it does not fit. */
static bool add(struct row *row, uint32_t c)
{
	unsigned width = char_width(c);

	if (row->count >= row->columns || row->width + width > row->columns)
		return false;
	row->count++;
	row->width += width;
	return true;
}

void row_put(struct row *row, struct str s)
{
	while (s.n > 0) {
		uint32_t c = next_char(&s);

		if (!add(row, c))
			return;
		row->n += utf8_encode(c, row->text + row->n);
	}
}

/* How many bytes of S fit behind what ROW has, which stays as it is. */
static size_t fitting(const struct row *row, struct str s)
{
	struct row end = {.width = row->width, .count = row->count, .columns = row->columns};
	struct str rest = s;

	while (rest.n > 0) {
		struct str before = rest;

		if (!add(&end, next_char(&rest)))
			return s.n - before.n;
	}
	return s.n;
}

void row_put_cut(struct row *row, struct str s)
{
	if (fitting(row, s) == s.n || row->columns < CUT_WIDTH) {
		row_put(row, s);
		return;
	}
	row->columns -= CUT_WIDTH;
	row_put(row, s);
	row->columns += CUT_WIDTH;
	row_put(row, S(CUT));
}

void row_fmt(struct row *row, const char *f, ...)
{
	char text[COLUMNS_MAX];
	va_list args;
	size_t n;

	va_start(args, f);
	n = fmt_va(text, sizeof(text), f, args);
	va_end(args);
	row_put(row, (struct str){text, n < sizeof(text) ? n : sizeof(text)});
}

static struct str cut_off(struct str *s, size_t n)
{
	struct str head = {s->p, n};

	*s = (struct str){s->p + n, s->n - n};
	return head;
}

/* The bytes of S that a row of COLUMNS columns has, one character at least. */
static size_t fill(struct str s, unsigned columns)
{
	const struct row row = {.columns = columns};
	size_t n = fitting(&row, s);
	struct str rest = s;

	if (n == 0 && s.n > 0) {
		(void)printable_next(&rest);
		n = s.n - rest.n;
	}
	return n;
}

struct str row_take(struct str *s, unsigned columns)
{
	return cut_off(s, fill(*s, columns));
}

struct str row_take_words(struct str *s, unsigned columns)
{
	size_t n = fill(*s, columns), blank = n;

	if (n == s->n)
		return cut_off(s, n);
	while (blank > 0 && s->p[blank - 1] != ' ')
		blank--;
	if (blank > 1 && row_width((struct str){s->p, blank - 1}) > columns / 2)
		n = blank - 1;
	return cut_off(s, n);
}

unsigned row_width(struct str s)
{
	unsigned width = 0;

	while (s.n > 0)
		width += char_width(next_char(&s));
	return width;
}
