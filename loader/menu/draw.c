/* Drawing the menu. A row is made as text, and sent only when it differs from what stands there. */
#include "loader/menu/draw.h"

#include "base/crc.h"
#include "base/fmt.h"
#include "base/mem.h"
#include "loader/console.h"
#include "loader/menu/colours.h"
#include "loader/menu/row.h"

/* The most rows of a screen that are drawn. COLUMNS_MAX are the most columns. */
#define ROWS_MAX 128

/* Rows above the list and below it, blank ones included; and the most that a long text below it
 * takes. */
#define ROWS_ABOVE  2
#define ROWS_STATUS 2
#define ROWS_HELP   1
#define STATUS_MOST 4

/* Before an entry of the list. */
#define SELECTED "> "
#define UNMARKED "  "

/* Before the continued lines of a message. */
#define HANGING "  "

/* A message that is cut says so in a row of its own if it has so many rows or more. */
#define MESSAGE_TOLD 3

/* At least so many entries stay in sight, however long the message is. */
#define LIST_LEAST 3

/* What stands on the screen, by row. */
static struct {
	uint32_t checksum;
	unsigned width;
} drawn[ROWS_MAX];

/* Sends the row unless it stands there already. Blanks cover what stood there before. */
static void show(unsigned y, enum style style, const struct row *row)
{
	uint32_t checksum = crc32c(crc32c(~0u, &style, sizeof(style)), row->text, row->n);
	struct row blanks = {.columns = row->columns};

	if (y >= ROWS_MAX || (row->width == 0 && drawn[y].width == 0) ||
	    (drawn[y].checksum == checksum && drawn[y].width == row->width))
		return;
	if (row->width > 0)
		console_put(0, y, style_colours(style), (struct str){row->text, row->n});
	while (row->width + blanks.width < drawn[y].width)
		row_put(&blanks, S(" "));
	if (blanks.width > 0)
		console_put(row->width, y, style_colours(STYLE_NORMAL),
			    (struct str){blanks.text, blanks.n});
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
	bool single;     /* all of it is one line, whatever is in it */
	bool continued;
	bool detail; /* the current line is indented: it explains the one above */
};

/* The next row of the message; false at its end. */
static bool next_row(struct lines *l, unsigned columns, struct row *row)
{
	struct str part;

	l->continued = l->line.n > 0;
	if (!l->continued) {
		if (l->rest.n == 0)
			return false;
		l->line = l->single ? l->rest : str_cut(&l->rest, '\n');
		l->rest = l->single ? S("") : l->rest;
		l->detail = str_starts(l->line, S(" "));
	}
	*row = (struct row){.columns = columns};
	if (l->continued)
		row_put(row, S(HANGING));
	part = row_take_words(&l->line, columns - row->width);
	row_put(row, part);
	while (part.n > 0 && str_starts(l->line, S(" ")))
		l->line = (struct str){l->line.p + 1, l->line.n - 1};
	return true;
}

static unsigned count_rows(struct lines l, unsigned columns)
{
	struct row row;
	unsigned n = 0;

	while (next_row(&l, columns, &row))
		n++;
	return n;
}

/* Shows TEXT in ROWS rows from Y. If it has more, shows its end, where the newest lines are. */
static void show_message(unsigned y, unsigned rows, struct str text)
{
	unsigned columns = screen_size().columns,
		 all = count_rows((struct lines){.rest = text}, columns);
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

/* Writes what the countdown leads to; returns the bytes, 0 when nothing counts. */
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

/* The selected entry's title, if its row does not show all of it; else "". */
static struct str cut_title(const struct menu *m)
{
	struct str title = m->entries[m->selected].entry->title;
	unsigned columns = screen_size().columns - (unsigned)sizeof(SELECTED) + 1;
	struct str rest = title;

	(void)row_take(&rest, columns);
	return rest.n > 0 ? title : S("");
}

/* The lines below the list; BUF, COLUMNS_MAX bytes, may hold them. */
static struct str status_text(const struct view *v, char *buf, enum style *style)
{
	const struct menu *m = v->menu;
	struct str problem = m->count > 0 ? m->entries[m->selected].entry->problem : S("");
	size_t n = countdown_text(v, buf, COLUMNS_MAX);

	*style = STYLE_NORMAL;
	if (n > 0)
		return (struct str){buf, n};
	if (v->notice.n > 0)
		return v->notice;
	if (m->count > 0 && problem.n == 0)
		return cut_title(m);
	*style = STYLE_ERROR;
	return m->count == 0 ? S("No bootable entry.") : problem;
}

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned larger(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

/* The rows that are kept for TEXT below the list. */
static unsigned status_rows(struct str text, unsigned columns)
{
	unsigned all = count_rows((struct lines){.rest = text, .single = true}, columns);

	return smaller(larger(all, ROWS_STATUS), STATUS_MOST);
}

/* Shows the first ROWS rows of TEXT, the last of them in row Y. */
static void show_status(unsigned y, unsigned rows, enum style style, struct str text)
{
	unsigned columns = screen_size().columns;
	struct lines l = {.rest = text, .single = true};
	unsigned all = count_rows(l, columns), blank = all < rows ? rows - all : 0;
	struct row row;

	y -= rows - 1;
	show_blanks(y, y + blank);
	for (unsigned i = blank; i < rows; i++) {
		struct str from = l.line;

		next_row(&l, columns, &row);
		if (i == rows - 1 && l.line.n > 0) { /* there would be more */
			row = (struct row){.columns = columns};
			row_put(&row, S(HANGING));
			row_put_cut(&row, from);
		}
		show(y + i, style, &row);
	}
}

static void draw_entry(const struct view *v, unsigned y, unsigned i)
{
	const struct entry *e = v->menu->entries[i].entry;
	bool selected = i == v->menu->selected;
	struct row row = {.columns = screen_size().columns};

	row_put(&row, selected ? S(SELECTED) : S(UNMARKED));
	row_put_cut(&row, e->title);
	show(y, selected ? STYLE_SELECTED : e->problem.n > 0 ? STYLE_DIM : STYLE_NORMAL, &row);
}

/* Scrolls the list, no further than needed, to where the selected entry is in sight. */
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

/* Shows in the rows ABOVE and BELOW the list how many entries are out of sight. */
static void draw_position(const struct view *v, unsigned above, unsigned below)
{
	const struct menu *m = v->menu;
	unsigned columns = screen_size().columns, after = m->count - v->top - v->page;
	struct row row = {.columns = columns};

	if (v->top > 0)
		row_fmt(&row, UNMARKED "(%u more above)", v->top);
	show(above, STYLE_DIM, &row);
	row = (struct row){.columns = columns};
	row_fmt(&row, UNMARKED "(%u of %u", m->selected + 1, m->count);
	if (after > 0)
		row_fmt(&row, ", %u more below", after);
	row_put(&row, S(")"));
	show(below, STYLE_DIM, &row);
}

/* The list in the rows from Y to END, as far as they reach. */
static void draw_entries(struct view *v, unsigned y, unsigned end)
{
	const struct menu *m = v->menu;
	bool cut = m->count > end - y && end - y > LIST_LEAST;

	v->page = smaller(m->count, end - y - cut);
	if (m->count > 0)
		scroll(v);
	if (cut)
		draw_position(v, y - 1, end - 1);
	else
		show_blanks(y - 1, y);
	for (unsigned i = 0; i < v->page; i++)
		draw_entry(v, y + i, v->top + i);
	show_blanks(y + v->page, end - cut);
}

/* The keys that do something. */
static struct str help(const struct menu *m)
{
	if (m->locked)
		return m->count == 0 ? S("") : S("Enter: boot");
	if (m->count == 0)
		return S("Enter or q: back to the firmware");
	return m->no_editor.n > 0 ? S("Enter: boot  q: leave")
				  : S("Enter: boot  e: edit options  q: leave");
}

static void draw_list(struct view *v, struct console_size size)
{
	const struct menu *m = v->menu;
	char buf[COLUMNS_MAX];
	enum style style;
	struct str status = status_text(v, buf, &style);
	unsigned rows = status_rows(status, size.columns);
	unsigned y = ROWS_ABOVE, end = size.rows - ROWS_HELP - rows;
	/* The list, with a row between it and the message. */
	unsigned list = smaller(m->count, larger((end - y) / 2, LIST_LEAST)) + 1;
	unsigned message = smaller(count_rows((struct lines){.rest = m->message}, size.columns),
				   end - y > list ? end - y - list : 0);

	show_message(y, message, m->message);
	if (message > 0)
		show_blanks(y - 1, y);
	y += message + (message > 0);
	draw_entries(v, y, end);
	show_status(size.rows - ROWS_HELP - 1, rows, style, status);
	show_text(size.rows - 1, STYLE_DIM, help(m));
}

/* Where the cursor stands in the rows of COLUMNS columns that the text fills. */
static void find_cursor(const struct edit *e, unsigned columns, unsigned *x, unsigned *y)
{
	struct str rest = {e->text, e->cursor};

	*x = *y = 0;
	while (rest.n > 0) {
		*x = row_width(row_take(&rest, columns));
		if (rest.n > 0 || *x == columns)
			++*y;
	}
	if (*x == columns)
		*x = 0;
}

static void draw_edit(const struct view *v, struct console_size size)
{
	const struct edit *e = &v->edit;
	unsigned first = ROWS_ABOVE + 2, rows = size.rows - ROWS_STATUS - ROWS_HELP - first;
	unsigned columns = size.columns - 1; /* the cursor stands behind the last one */
	unsigned x, y, skip;
	struct str rest = {e->text, e->n};
	struct row row = {.columns = size.columns};

	row_fmt(&row, "Options for one boot of ");
	row_put_cut(&row, v->menu->entries[v->menu->selected].entry->title);
	show(ROWS_ABOVE, STYLE_NORMAL, &row);
	find_cursor(e, columns, &x, &y);
	skip = y < rows ? 0 : y - rows + 1;
	for (unsigned i = 0; i < skip; i++)
		(void)row_take(&rest, columns);
	for (unsigned i = 0; i < rows; i++)
		show_text(first + i, STYLE_NORMAL, row_take(&rest, columns));
	show_text(size.rows - 1, STYLE_DIM, S("Enter: boot  Esc: back to the list"));
	console_cursor(x, first + y - skip);
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
