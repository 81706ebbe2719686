/* Partless's own menu language: a line is a word and its value. docs/partless.conf.md describes it.
 */
#include "base/arena.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "config/lines/text.h"
#include "config/tries.h"

/* The longest line, in bytes, and the most lines of `options` in one entry. */
#define LINE_BYTES    4096
#define OPTIONS_LINES 64

/* The most tries that an entry may have. */
#define TRIES_MAX 1000

/* A sentence quotes a line up to so many bytes. */
#define QUOTE_BYTES 60

struct reader {
	struct parse *p;
	unsigned line;        /* the line being read, from 1 */
	struct entry *entry;  /* the entry being read; NULL before the first title */
	unsigned kernel_line; /* the line of its `linux` or `efi`; 0: none yet */
	struct tries tries;   /* of the file; opened when the first entry is counted */
	struct str text;      /* the file */
	uint64_t allowed;     /* `tries` of the entry; 0: it says none */
	struct str options[OPTIONS_LINES];
	unsigned options_count;
	struct settings own;     /* what a guest's file sets */
	unsigned said[SETTINGS]; /* the line that set each of them; 0: none yet */
};

/* A word of an entry, and what handles its value, which has no blanks at its ends. TAKE returns OK
 * also after it reported a bad line. */
struct word {
	const char *name;
	enum status (*take)(struct reader *, struct str value);
};

static struct str quoted(struct str s)
{
	return utf8_cut(s, QUOTE_BYTES);
}

/* Joins the lines of `options` with one space between them. */
static enum status join_options(struct reader *r)
{
	size_t n = 0;
	char *p;

	for (unsigned i = 0; i < r->options_count; i++)
		n += r->options[i].n + (i > 0);
	if (n == 0)
		return OK;
	p = arena_alloc(r->p->arena, n);
	if (p == NULL)
		return parse_no_memory(r->p);
	r->entry->options = (struct str){p, n};
	for (unsigned i = 0; i < r->options_count; i++) {
		if (i > 0)
			*p++ = ' ';
		memcpy(p, r->options[i].p, r->options[i].n);
		p += r->options[i].n;
	}
	return OK;
}

static enum status count_tries(struct reader *r)
{
	enum status status = OK;

	if (r->tries.p == NULL)
		status = tries_open(&r->tries, r->p, r->text);
	return status == OK ? tries_count(&r->tries, r->entry, r->allowed) : status;
}

/* Completes the entry: the next title, or the end of the file, ends it. */
static enum status end_entry(struct reader *r)
{
	struct entry *e = r->entry;
	enum status status = OK;

	if (e == NULL)
		return OK;
	if (r->kernel_line == 0)
		e->problem = S("the entry names no kernel: it needs a line 'linux /PATH'");
	if (e->kind == ENTRY_EFI && e->initrds > 0) {
		parse_note(r->p, e->line, "an 'efi' entry takes no initrd: it is left out");
		e->initrds = 0;
	}
	if (r->allowed > 0)
		status = count_tries(r);
	return status == OK ? join_options(r) : status;
}

/* A bad title still begins an entry: the lines below it must not join the entry above. */
static enum status begin_entry(struct reader *r)
{
	enum status status = end_entry(r);

	r->entry = NULL;
	r->kernel_line = 0;
	r->options_count = 0;
	r->allowed = 0;
	return status == OK ? parse_entry(r->p, r->line, &r->entry) : status;
}

static enum status take_title(struct reader *r, struct str value)
{
	enum status status = begin_entry(r);

	if (status != OK)
		return status;
	if (value.n == 0)
		parse_note(r->p, r->line, "the title is empty");
	if (value.n > TITLE_BYTES)
		parse_note(r->p, r->line, "the title is longer than %u bytes: the rest is left out",
			   TITLE_BYTES);
	r->entry->title = utf8_cut(value, TITLE_BYTES);
	return OK;
}

/* True when VALUE can be a path; else reports why not. */
static bool is_path(struct reader *r, const char *word, struct str value)
{
	if (value.n == 0) {
		parse_note(r->p, r->line, "'%s' needs a path", word);
		return false;
	}
	if (value.p[0] != '/') {
		struct str q = quoted(value);

		parse_note(r->p, r->line, "'%.*s' does not begin with '/': paths begin at %s",
			   STR_ARG(q),
			   r->p->settings != NULL ? "the loader's directory"
						  : "this file system's root");
		return false;
	}
	return true;
}

static enum status take_program(struct reader *r, const char *word, enum entry_kind kind,
				struct str value)
{
	if (r->kernel_line != 0) {
		parse_note(r->p, r->line, "this entry already names its program, in line %u",
			   r->kernel_line);
	} else if (is_path(r, word, value)) {
		r->entry->kind = kind;
		r->entry->kernel = value;
		r->kernel_line = r->line;
	}
	return OK;
}

static enum status take_linux(struct reader *r, struct str value)
{
	return take_program(r, "linux", ENTRY_LINUX, value);
}

static enum status take_efi(struct reader *r, struct str value)
{
	return take_program(r, "efi", ENTRY_EFI, value);
}

static enum status take_initrd(struct reader *r, struct str value)
{
	struct str *to;

	if (!is_path(r, "initrd", value))
		return OK;
	to = parse_initrd(r->p, r->entry, r->line);
	if (to != NULL) {
		*to = value;
		r->entry->initrds++;
	}
	return OK;
}

static enum status take_options(struct reader *r, struct str value)
{
	if (r->options_count == OPTIONS_LINES)
		parse_note(r->p, r->line, "an entry has at most %u lines of options",
			   OPTIONS_LINES);
	else if (value.n > 0)
		r->options[r->options_count++] = value;
	return OK;
}

static enum status take_version(struct reader *r, struct str value)
{
	r->entry->version = value;
	return OK;
}

static enum status take_sort_key(struct reader *r, struct str value)
{
	r->entry->sort_key = value;
	return OK;
}

static enum status take_tries(struct reader *r, struct str value)
{
	uint64_t n;

	if (!str_u64(value, &n) || n == 0 || n > TRIES_MAX)
		parse_note(r->p, r->line, "'tries' takes a number from 1 to %u", TRIES_MAX);
	else
		r->allowed = n;
	return OK;
}

/* Sets a setting. The first line that sets it counts. A guest may set two of them, for itself. */
static enum status take_setting(struct reader *r, enum setting_id id, struct str value)
{
	struct settings *to = r->p->settings != NULL ? r->p->settings : &r->own;
	const char *name = setting_name(id), *takes;

	if (r->p->settings == NULL && id != SET_DEFAULT && id != SET_TIMEOUT) {
		parse_note(r->p, r->line, "only the host may set '%s', in its own partless.conf",
			   name);
		return OK;
	}
	if (r->said[id] != 0) {
		parse_note(r->p, r->line, "'%s' is already set in line %u", name, r->said[id]);
		return OK;
	}
	takes = setting_take(to, SAID_IN_FILE, id, value);
	if (takes != NULL)
		parse_note(r->p, r->line, "'%s' takes %s", name, takes);
	else
		r->said[id] = r->line;
	return OK;
}

static const struct word words[] = {
	{"title", take_title},       {"linux", take_linux},     {"efi", take_efi},
	{"initrd", take_initrd},     {"options", take_options}, {"version", take_version},
	{"sort-key", take_sort_key}, {"tries", take_tries},
};

static const struct word *find_word(struct str name)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (str_eq(str_of(words[i].name), name))
			return &words[i];
	}
	return NULL;
}

/* The word that NAME means although it is in upper case; NULL when there is none. */
static const char *word_like(struct str name)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (text_same(str_of(words[i].name), name))
			return words[i].name;
	}
	return setting_like(name);
}

static void note_unknown(struct reader *r, struct str name)
{
	const char *like = word_like(name);
	struct str q = quoted(name);

	parse_note(r->p, r->line, "unknown word '%.*s': %s%s", STR_ARG(q),
		   like != NULL ? "write " : "partless.conf(5) lists them",
		   like != NULL ? like : "");
}

/* Why LINE cannot be read at all; NULL when it can. */
static const char *line_fault(struct str line)
{
	if (line.n > LINE_BYTES)
		return "the line is too long";
	if (str_find(line, '\0') < line.n)
		return "the line holds a NUL byte: is this file UTF-16?";
	return NULL;
}

static enum status take_line(struct reader *r, struct str line)
{
	struct str value = str_trim(line);

	if (value.n == 0 || value.p[0] == '#')
		return OK;

	const char *fault = line_fault(value);
	struct str name = text_word(&value);
	const struct word *word = find_word(name);
	enum setting_id setting;

	if (fault != NULL) {
		parse_note(r->p, r->line, "%s", fault);
		return word != NULL && word->take == take_title ? begin_entry(r) : OK;
	}
	if (setting_find(name, &setting))
		return take_setting(r, setting, value);
	if (word == NULL)
		note_unknown(r, name);
	else if (word->take != take_title && r->entry == NULL)
		parse_note(r->p, r->line, "'%s' stands before the first 'title'", word->name);
	else
		return word->take(r, value);
	return OK;
}

enum status partless_conf_read(struct parse *p)
{
	struct reader r = {.p = p};
	struct str rest;
	enum status status = parse_load(p, &rest), end;

	if (status != OK)
		return status;
	r.text = rest;
	while (rest.n > 0 && status == OK) {
		r.line++;
		status = take_line(&r, str_cut(&rest, '\n'));
	}
	p->default_glob = r.own.default_glob;
	p->config->timeout_said = r.said[SET_TIMEOUT] != 0;
	p->config->timeout = r.own.timeout;
	end = end_entry(&r);
	return status != OK ? status : end;
}
