/* What every parser needs: its file, room for its entries, and a way to report a bad line. */
#include "config/parse.h"

#include "base/arena.h"
#include "base/fmt.h"
#include "fs/volume.h"

/* A sentence about a bad line is cut at so many bytes: it quotes the guest. */
#define SENTENCE_MAX 200

/* Keeps the file for measuring. A script may read one file many times. */
static enum status keep_text(struct parse *p, const struct volume *v, struct str path,
			     struct str bytes)
{
	struct boot_text **end = &p->config->texts, *made;

	for (; *end != NULL; end = &(*end)->next) {
		if ((*end)->volume == v && str_eq((*end)->path, path) &&
		    str_eq((*end)->bytes, bytes))
			return OK;
	}
	made = arena_array(p->arena, 1, sizeof(*made));
	if (made == NULL || !str_dup(p->arena, path, &made->path) ||
	    !str_dup(p->arena, bytes, &made->bytes))
		return parse_no_memory(p);
	made->volume = v;
	*end = made;
	return OK;
}

static void drop_mark(struct str *text)
{
	(void)str_cut_prefix(text, S("\xef\xbb\xbf"));
}

enum status text_read(struct volume *v, struct str path, size_t most, struct arena *a,
		      struct str *text)
{
	enum status status = vol_load(v, path, most, a, text);

	if (status == OK)
		drop_mark(text);
	return status;
}

enum status text_load(struct parse *p, struct volume *v, struct str path, size_t most,
		      struct arena *a, struct str *text)
{
	enum status status = vol_load(v, path, most, a, text);

	if (status == OK && p->places->measured)
		status = keep_text(p, v, path, *text);
	if (status == OK)
		drop_mark(text);
	return status;
}

enum status parse_load(struct parse *p, struct str *text)
{
	size_t mark = report_mark(p->report);
	enum status status = text_load(p, p->volume, p->path, CONFIG_FILE_MAX, p->arena, text);

	if (status == E_NOT_FOUND)
		report_rewind(p->report, mark);
	if (status == OK)
		p->config->from = p->path;
	return status;
}

/* Stands before a path in the report, so that nobody looks for the host's file on the guest's disk.
 */
static const char *whose(const struct parse *p)
{
	return p->settings != NULL ? "the host's " : "";
}

void parse_note(struct parse *p, unsigned line, const char *f, ...)
{
	char sentence[SENTENCE_MAX];
	va_list args;
	size_t n;

	if (p->notes > CONFIG_NOTES)
		return;
	if (p->notes++ == CONFIG_NOTES) {
		note(p->report, "%s%.*s:%u: more bad lines from here on", whose(p),
		     STR_ARG(p->path), line);
		return;
	}
	va_start(args, f);
	n = fmt_va(sentence, sizeof(sentence), f, args);
	va_end(args);
	if (n > sizeof(sentence))
		n = sizeof(sentence);
	note(p->report, "%s%.*s:%u: %.*s", whose(p), STR_ARG(p->path), line, (int)n, sentence);
}

enum status parse_no_memory(struct parse *p)
{
	return fail(p->report, E_NO_MEMORY, "%s%.*s on %.*s: no memory for its entries", whose(p),
		    STR_ARG(p->path), STR_ARG(p->volume->name));
}

struct str *parse_initrd(struct parse *p, struct entry *e, unsigned line)
{
	if (e->initrds < ENTRY_INITRDS)
		return &e->initrd[e->initrds];
	parse_note(p, line, "an entry has at most %u initrds", ENTRY_INITRDS);
	return NULL;
}

void parse_timeout(struct parse *p, uint64_t seconds)
{
	p->config->timeout_said = true;
	p->config->timeout = seconds < TIMEOUT_MAX ? (unsigned)seconds : TIMEOUT_MAX;
}

enum status parse_entry(struct parse *p, unsigned line, struct entry **made)
{
	struct config *c = p->config;
	struct entry *e;

	if (c->count == ENTRIES_MAX)
		return fail(p->report, E_LIMIT,
			    "%s%.*s:%u: more than %u entries: the rest is not read", whose(p),
			    STR_ARG(p->path), line, ENTRIES_MAX);
	e = arena_array(p->arena, 1, sizeof(*e));
	if (e == NULL)
		return parse_no_memory(p);
	e->from = p->path;
	e->line = line;
	e->volume = p->volume;
	e->menu = p->volume;
	if (c->last != NULL)
		c->last->next = e;
	else
		c->first = e;
	c->last = e;
	c->count++;
	*made = e;
	return OK;
}
