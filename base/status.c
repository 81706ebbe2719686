/* The report: lines for a person, each written by the function that knows why something failed. */
#include "base/status.h"

#include <stdarg.h>
#include <stdbool.h>

#include "base/fmt.h"
#include "base/mem.h"
#include "base/printable.h"

#define INDENT 2

/* Formats a line at byte AT of the report, and returns its length; 0, and nothing counts, when it
 * does not fit. */
static size_t line_put(struct report *r, size_t at, const char *fmt, va_list args)
{
	size_t room = REPORT_SIZE - at;
	size_t n = fmt_va(r->text + at, room < LINE_SIZE ? room : LINE_SIZE, fmt, args);

	if (n > LINE_SIZE)
		n = LINE_SIZE;
	if (n >= room)
		return 0;
	n = printable_make(r->text + at, n);
	r->text[at + n] = '\n';
	return n + 1;
}

static void line_append(struct report *r, const char *fmt, va_list args)
{
	size_t n = line_put(r, r->n, fmt, args);

	r->n += n;
	r->dropped += n == 0;
}

enum status fail(struct report *r, enum status status, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	line_append(r, fmt, args);
	va_end(args);
	return status;
}

void note(struct report *r, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	line_append(r, fmt, args);
	va_end(args);
}

/* Indents every line from MARK on. False, with nothing changed, when that does not fit. */
static bool indent(struct report *r, size_t mark)
{
	size_t lines = 0;

	for (size_t i = mark; i < r->n; i++)
		lines += r->text[i] == '\n';
	if (r->n + lines * INDENT > REPORT_SIZE)
		return false;

	size_t to = r->n + lines * INDENT;

	for (size_t from = r->n; from > mark;) {
		size_t start = from - 1;

		while (start > mark && r->text[start - 1] != '\n')
			start--;
		to -= from - start;
		memmove(r->text + to, r->text + start, from - start);
		to -= INDENT;
		memset(r->text + to, ' ', INDENT);
		from = start;
	}
	r->n += lines * INDENT;
	return true;
}

static void reverse(char *p, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		char c = p[i];

		p[i] = p[n - 1 - i];
		p[n - 1 - i] = c;
	}
}

enum status fail_in(struct report *r, size_t mark, enum status status, const char *fmt, ...)
{
	va_list args;
	size_t n;

	indent(r, mark);
	va_start(args, fmt);
	n = line_put(r, r->n, fmt, args);
	va_end(args);
	if (n == 0) {
		r->dropped++;
		return status;
	}
	/* The line was written at the end. Three reversals rotate it to MARK without a second
	 * buffer. */
	reverse(r->text + mark, r->n - mark);
	reverse(r->text + r->n, n);
	reverse(r->text + mark, r->n + n - mark);
	r->n += n;
	return status;
}

struct str report_since(const struct report *r, size_t mark)
{
	return (struct str){r->text + mark, r->n > mark ? r->n - mark : 0};
}

void report_rewind(struct report *r, size_t mark)
{
	r->n = mark;
}

void report_make_room(struct report *r, size_t mark)
{
	if (REPORT_SIZE - r->n >= REPORT_ROOM)
		return;
	r->n = mark < REPORT_SIZE - REPORT_ROOM ? mark : REPORT_SIZE - REPORT_ROOM;
	while (r->n > 0 && r->text[r->n - 1] != '\n')
		r->n--;
	r->dropped++;
}

/* Cuts a block off *REST: the first line, with the lines indented below it. */
static struct str cut_block(struct str *rest)
{
	struct str block = *rest;

	do
		(void)str_cut(rest, '\n');
	while (rest->n > 0 && rest->p[0] == ' ');
	block.n -= rest->n;
	return block;
}

/* True when report_fold() keeps only the first of these two blocks. */
static bool same_reason(struct str a, struct str b)
{
	struct str head = str_cut(&a, '\n'), other = str_cut(&b, '\n');

	while (head.n > 0 && head.p[head.n - 1] != ' ')
		head.n--;
	while (other.n > 0 && other.p[other.n - 1] != ' ')
		other.n--;
	return a.n > 0 && str_eq(a, b) && str_eq(head, other);
}

unsigned report_fold(struct report *r, size_t mark)
{
	struct str rest = report_since(r, mark);
	unsigned folded = 0;

	r->n = mark;
	while (rest.n > 0) {
		struct str block = cut_block(&rest), before = report_since(r, 0);
		bool seen = false;

		/* A line without a reason is never folded. */
		if (str_find(block, '\n') + 1 >= block.n)
			before.n = 0;
		while (before.n > 0 && !seen)
			seen = same_reason(cut_block(&before), block);
		if (!seen) {
			memmove(r->text + r->n, block.p, block.n);
			r->n += block.n;
		}
		folded += seen;
	}
	return folded;
}

const char *status_words(enum status status)
{
	static const char *const words[] = {
		[OK] = "no error",
		[E_IO] = "read error",
		[E_CORRUPT] = "damaged",
		[E_UNSUPPORTED] = "not supported",
		[E_NOT_FOUND] = "not found",
		[E_WRONG_TYPE] = "wrong type of file",
		[E_SYNTAX] = "not understood",
		[E_LIMIT] = "over a limit",
		[E_NO_MEMORY] = "out of memory",
		[E_DENIED] = "denied",
	};

	return (size_t)status < sizeof(words) / sizeof(*words) ? words[status] : "unknown error";
}
