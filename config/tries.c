/* How many tries of an entry are left, by what its file says and what is kept of that. */
#include "config/tries.h"

#include "base/arena.h"
#include "base/fmt.h"
#include "base/utf8.h"

/* The bytes of a title that are kept: it is there for people. */
#define TITLE_KEPT 60

/* Room for two numbers, the blanks behind them and the end of the line. */
#define NUMBERS 36

enum status tries_open(struct tries *t, struct parse *p, struct str content)
{
	size_t mark = report_mark(p->report);
	enum kept_since since = KEPT_SAME;
	enum status status;

	*t = (struct tries){.p = p};
	status = kept_identify(&t->kept, KEPT_TRIES, p->volume, p->path, content, p->arena);
	if (status == OK && !kept_recall(&t->kept, p->places, p->arena, &t->text, &since))
		status = E_NO_MEMORY;
	t->keeps = status == OK;
	if (since != KEPT_SAME)
		t->text = S("");
	if (status == E_NO_MEMORY)
		return parse_no_memory(p);
	report_rewind(p->report, mark);
	return OK;
}

/* Reads a line: "USED LINE TITLE" or "good LINE TITLE". False when it is another entry's, or none.
 */
static bool read_line(struct str line, unsigned wanted, uint64_t *used, bool *good)
{
	uint64_t number;

	*used = 0;
	*good = str_cut_prefix(&line, S("good"));
	return (*good || str_cut_u64(&line, used)) && str_cut_prefix(&line, S(" ")) &&
	       str_cut_u64(&line, &number) && number == wanted && str_starts(line, S(" "));
}

/* What is to be kept when E is started for the USED-th time: its line, then all others. */
static enum status next(const struct tries *t, struct entry *e, uint64_t used)
{
	struct arena *a = t->p->arena;
	struct kept *k = arena_array(a, 1, sizeof(*k));
	struct str rest = t->text, title = utf8_cut(e->title, TITLE_KEPT);
	size_t room = t->kept.head.n + NUMBERS + title.n + t->text.n + 1, n;
	char *text = arena_alloc(a, room);
	uint64_t count;
	bool good;

	if (k == NULL || text == NULL)
		return parse_no_memory(t->p);
	n = fmt(text, room, "%.*s%lu %u %.*s\n", STR_ARG(t->kept.head), (unsigned long)used,
		e->line, STR_ARG(title));
	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');

		if (!read_line(line, e->line, &count, &good))
			n += fmt(text + n, room - n, "%.*s\n", STR_ARG(line));
	}
	*k = t->kept;
	k->text = (struct str){text, n};
	e->kept = k;
	return OK;
}

enum status tries_count(const struct tries *t, struct entry *e, uint64_t allowed)
{
	struct str rest = t->text;
	uint64_t used = 0;
	bool good = false, found = false;

	while (rest.n > 0 && !found)
		found = read_line(str_cut(&rest, '\n'), e->line, &used, &good);
	if (!found)
		used = 0;
	e->counted = !found || !good;
	e->left = used < allowed ? allowed - used : 0;
	if (!e->counted || e->left == 0 || !t->keeps)
		return OK;
	return next(t, e, used + 1);
}
