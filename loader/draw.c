/* Drawing the menu. A row is made as text, and sent only when it differs from what stands there. */
#include "loader/draw.h"

#include "base/crc.h"
#include "base/fmt.h"
#include "base/mem.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "loader/console.h"

/* The most that is drawn of a larger screen. */
#define COLUMNS_MAX 240
#define ROWS_MAX    128

/* Rows above and below the list, blank ones too. */
#define ROWS_ABOVE 2
#define ROWS_BELOW 3

/* Before the continued lines of a message. */
#define HANGING "  "

/* A message that is cut says so in a row of its own when it has so many. */
#define MESSAGE_TOLD 3

/* The entries that stay in sight, if there are so many, however long the message is. */
#define LIST_LEAST 3

/* One row while it is made: characters are counted, bytes are kept. */
struct row {
	char text[COLUMNS_MAX * 4];
	size_t n;
	unsigned width, columns;
};

/* What stands on the screen, by row. */
static struct {
	uint32_t checksum;
	unsigned width;
} drawn[ROWS_MAX];

static void row_put(struct row *row, struct str s)
{
	while (s.n > 0 && row->width < row->columns) {
		row->n += utf8_encode(printable_next(&s), row->text + row->n);
		row->width++;
	}
}

static void row_fmt(struct row *row, const char *f, ...) __attribute__((format(printf, 2, 3)));

static void row_fmt(struct row *row, const char *f, ...)
{
	char text[COLUMNS_MAX];
	va_list args;
	size_t n;

	va_start(args, f);
	n = fmt_va(text, sizeof(text), f, args);
	va_end(args);
	row_put(row, (struct str){text, n < sizeof(text) ? n : sizeof(text)});
}

/* Sends the row unless it stands there already. Blanks cover what stood there before. */
static void show(unsigned y, enum style style, const struct row *row)
{
	uint32_t checksum = crc32c(crc32c(~0u, &style, sizeof(style)), row->text, row->n);
	struct row blanks = {.columns = row->columns};

	if (y >= ROWS_MAX || (row->width == 0 && drawn[y].width == 0) ||
	    (drawn[y].checksum == checksum && drawn[y].width == row->width))
		return;
	if (row->width > 0)
		console_put(0, y, style, (struct str){row->text, row->n});
	while (row->width + blanks.width < drawn[y].width)
		row_put(&blanks, S(" "));
	if (blanks.width > 0)
		console_put(row->width, y, STYLE_NORMAL, (struct str){blanks.text, blanks.n});
	drawn[y].checksum = checksum;
	drawn[y].width = row->width;
}

static struct console_size screen_size(void)
{
	struct console_size size = console_size();

	size.columns = size.columns < COLUMNS_MAX ? size.columns : COLUMNS_MAX;
	size.rows = size.rows < ROWS_MAX ? size.rows : ROWS_MAX;
	return size;
}

void draw_clear(void)
{
	memset(drawn, 0, sizeof(drawn));
	console_clear();
}

static void show_text(unsigned y, enum style style, struct str text)
{
	struct row row = {.columns = screen_size().columns};

	row_put(&row, text);
	show(y, style, &row);
}

static void show_blanks(unsigned from, unsigned to)
{
	for (; from < to; from++)
		show_text(from, STYLE_NORMAL, S(""));
}

/* Lines of a message, and how they are broken into rows. */
struct lines {
	struct str rest; /* behind the current line */
	struct str line; /* what is left of the current line */
	bool continued;
	bool detail; /* the current line is indented: it explains the one above */
};

/* The part of LINE that fits into COLUMNS characters, broken at a blank where there is one in the
 * second half. */
static struct str fitting(struct str line, unsigned columns)
{
	struct str rest = line;
	size_t blank = 0;
	unsigned n = 0;

	for (; rest.n > 0 && n < columns; n++) {
		size_t at = line.n - rest.n;

		if (printable_next(&rest) == ' ' && n > columns / 2)
			blank = at;
	}
	return (struct str){line.p, rest.n == 0 ? line.n : blank ? blank : line.n - rest.n};
}

/* The next row of the message; false at its end. */
static bool next_row(struct lines *l, unsigned columns, struct row *row)
{
	struct str part;

	l->continued = l->line.n > 0;
	if (!l->continued) {
		if (l->rest.n == 0)
			return false;
		l->line = str_cut(&l->rest, '\n');
		l->detail = str_starts(l->line, S(" "));
	}
	*row = (struct row){.columns = columns};
	if (l->continued)
		row_put(row, S(HANGING));
	part = fitting(l->line, columns - row->width);
	row_put(row, part);
	l->line = (struct str){l->line.p + part.n, l->line.n - part.n};
	while (part.n > 0 && str_starts(l->line, S(" ")))
		l->line = (struct str){l->line.p + 1, l->line.n - 1};
	return true;
}

static unsigned count_rows(struct str text, unsigned columns)
{
	struct lines l = {.rest = text};
	struct row row;
	unsigned n = 0;

	while (next_row(&l, columns, &row))
		n++;
	return n;
}

/* Shows TEXT in ROWS rows from Y: its end when it has more, for there the newest lies. */
static void show_message(unsigned y, unsigned rows, struct str text)
{
	unsigned columns = screen_size().columns, all = count_rows(text, columns);
	bool told = all > rows && rows >= MESSAGE_TOLD;
	unsigned skip = all - rows + told;
	struct lines l = {.rest = text};
	struct row row;

	for (unsigned i = 0; i < skip; i++)
		next_row(&l, columns, &row);
	if (told) {
		row = (struct row){.columns = columns};
		row_fmt(&row, "(%u more lines)", skip);
		show(y++, STYLE_DIM, &row);
	}
	while (next_row(&l, columns, &row))
		show(y++, l.detail ? STYLE_NORMAL : STYLE_ERROR, &row);
}

/* The line below the list, in one row or two, the lower of which is Y. */
static void show_status(unsigned y, enum style style, struct str text)
{
	unsigned columns = screen_size().columns;
	struct lines l = {.rest = text};
	struct row upper = {.columns = columns}, lower = {.columns = columns};

	if (next_row(&l, columns, &lower) && l.line.n > 0) {
		upper = lower;
		next_row(&l, columns, &lower);
	}
	show(y - 1, style, &upper);
	show(y, style, &lower);
}

/* What the countdown leads to; 0 when there is none. */
static size_t countdown_text(const struct view *v, char *text, size_t size)
{
	if (!v->counting)
		return 0;
	if (v->menu->count > 0 && !v->menu->leave)
		return fmt(text, size, "Booting in %u s; press a key to stop.", v->seconds);
	return fmt(text, size, "%s %s in %u s; press a key to stay.",
		   v->menu->count == 0 ? "No bootable entry." : "No entry is left to try.",
		   v->menu->leaving, v->seconds);
}

static void draw_status(const struct view *v, unsigned y)
{
	const struct menu *m = v->menu;
	struct str problem = m->count > 0 ? m->entries[m->selected]->problem : S("");
	char text[COLUMNS_MAX];
	size_t n = countdown_text(v, text, sizeof(text));

	if (n > 0)
		show_status(y, STYLE_NORMAL, (struct str){text, n});
	else if (v->notice.n > 0)
		show_status(y, STYLE_NORMAL, v->notice);
	else if (m->count == 0)
		show_status(y, STYLE_ERROR, S("No bootable entry."));
	else if (problem.n > 0)
		show_status(y, STYLE_ERROR, problem);
	else if (m->count > v->page)
		show_status(y, STYLE_NORMAL,
			    (struct str){text, fmt(text, sizeof(text), "%u of %u", m->selected + 1,
						   m->count)});
	else
		show_status(y, STYLE_NORMAL, S(""));
}

static void draw_entry(const struct view *v, unsigned y, unsigned i)
{
	const struct entry *e = v->menu->entries[i];
	bool selected = i == v->menu->selected;
	struct row row = {.columns = screen_size().columns};

	row_put(&row, selected ? S("> ") : S("  "));
	row_put(&row, e->title);
	show(y, selected ? STYLE_SELECTED : e->problem.n > 0 ? STYLE_DIM : STYLE_NORMAL, &row);
}

/* Moves the part of the list in sight as little as may be. */
static void scroll(struct view *v)
{
	unsigned selected = v->menu->selected;

	if (v->top > selected)
		v->top = selected;
	if (selected - v->top >= v->page)
		v->top = selected - v->page + 1;
	if (v->top + v->page > v->menu->count)
		v->top = v->menu->count - v->page;
}

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static void draw_list(struct view *v, struct console_size size)
{
	const struct menu *m = v->menu;
	unsigned room = size.rows - ROWS_ABOVE - ROWS_BELOW, y = ROWS_ABOVE;
	unsigned least = room / 2 > LIST_LEAST ? room / 2 : LIST_LEAST;
	unsigned message =
		smaller(count_rows(m->message, size.columns), room - smaller(m->count, least) - 1);

	show_message(y, message, m->message);
	y += message;
	if (message > 0)
		show_blanks(y, y + 1);
	y += message > 0;
	v->page = smaller(m->count, ROWS_ABOVE + room - y);
	if (m->count > 0)
		scroll(v);
	for (unsigned i = 0; i < v->page; i++)
		draw_entry(v, y++, v->top + i);
	show_blanks(y, size.rows - ROWS_BELOW);
	draw_status(v, size.rows - 2);
	show_text(size.rows - 1, STYLE_DIM,
		  m->count == 0   ? S("Enter or q: back to the firmware")
		  : m->editor_off ? S("Enter: boot  q: leave")
				  : S("Enter: boot  e: edit options  q: leave"));
}

/* Cuts the first N characters off *S. */
static struct str take(struct str *s, size_t n)
{
	const char *p = s->p;

	while (n-- > 0 && s->n > 0)
		printable_next(s);
	return (struct str){p, (size_t)(s->p - p)};
}

/* Characters of S, as they are drawn. */
static unsigned width_of(struct str s)
{
	unsigned n = 0;

	for (; s.n > 0; n++)
		printable_next(&s);
	return n;
}

static void draw_edit(const struct view *v, struct console_size size)
{
	const struct edit *e = &v->edit;
	unsigned first = ROWS_ABOVE + 2, rows = size.rows - ROWS_BELOW - first;
	unsigned columns = size.columns - 1; /* the cursor stands behind the last one */
	unsigned at = width_of((struct str){e->text, e->cursor});
	unsigned skip = at / columns < rows ? 0 : at / columns - rows + 1;
	struct str rest = {e->text, e->n};
	struct row row = {.columns = size.columns};

	row_fmt(&row, "Options for one boot of ");
	row_put(&row, v->menu->entries[v->menu->selected]->title);
	show(ROWS_ABOVE, STYLE_NORMAL, &row);
	take(&rest, (size_t)skip * columns);
	for (unsigned i = 0; i < rows; i++)
		show_text(first + i, STYLE_NORMAL, take(&rest, columns));
	show_text(size.rows - 1, STYLE_DIM, S("Enter: boot  Esc: back to the list"));
	console_cursor(at % columns, first + at / columns - skip);
}

void draw(struct view *v)
{
	struct console_size size = screen_size();

	show_text(0, STYLE_TITLE, S("Partless " VERSION));
	if (v->editing)
		draw_edit(v, size);
	else
		draw_list(v, size);
}
