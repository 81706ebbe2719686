/* extlinux.conf and syslinux.cfg: keywords, upper or lower case alike, and what follows them. */
#include "base/arena.h"
#include "base/utf8.h"
#include "config/parse.h"
#include "config/path.h"
#include "config/text.h"
#include "fs/volume.h"

/* The most files that one menu consists of, all the INCLUDEs in INCLUDEs among them. */
#define FILES_MAX   16
#define TITLE_BYTES 255

/* What is said of one label, as written. */
struct label {
	struct str kernel, append, initrd;
	bool append_said;
};

struct reader {
	struct parse *p;      /* of the file that is being read */
	struct parse *top;    /* of the menu's first file: relative names begin at its folder */
	struct str directory; /* that folder */
	struct entry *entry;  /* NULL before the first LABEL */
	struct label label;
	struct str append;          /* of all labels that have none of their own */
	struct str name, ontimeout; /* labels, or what else stands there */
	const struct entry *menu_default;
	struct text text;               /* options in the making */
	struct str open[FILES_MAX + 1]; /* the files that are being read, the outermost first */
	unsigned opened;
	unsigned line, files;
	bool help;  /* between TEXT HELP and ENDTEXT */
	bool menu;  /* somebody wants a menu to be shown */
	bool quiet; /* PROMPT 0 */
	bool timeout_said;
	uint64_t timeout; /* tenths of a second */
};

/* Returns anything but OK only to end the reading. */
struct keyword {
	const char *name;
	enum status (*take)(struct reader *, struct str value);
};

static enum status no_memory(struct reader *r)
{
	return fail(r->p->report, E_NO_MEMORY, "%.*s:%u: no memory for the menu",
		    STR_ARG(r->p->path), r->line);
}

/* Where the file lies that the menu calls NAME. */
static enum status find_file(struct reader *r, struct str name, struct str *path)
{
	enum status status;

	if (name.p[0] != '/') {
		status = path_join(r->p, r->directory, name, path);
		if (status != OK || path_exists(r->p, r->p->volume, *path))
			return status;
	}
	return path_find(r->p, r->p->volume, name, path);
}

/* Adds the files of a list with commas. */
static enum status add_initrds(struct reader *r, struct str list)
{
	struct entry *e = r->entry;
	enum status status = OK;

	while (list.n > 0 && status == OK) {
		struct str name = str_trim(str_cut(&list, ','));

		if (name.n == 0)
			continue;
		if (e->initrds == ENTRY_INITRDS) {
			parse_note(r->p, e->line, "an entry has at most %u initrds", ENTRY_INITRDS);
			break;
		}
		status = find_file(r, name, &e->initrd[e->initrds]);
		e->initrds += status == OK;
	}
	return status;
}

/* The options, less the initrd= among them, which means the loader. */
static enum status add_options(struct reader *r, struct str options)
{
	enum status status = OK;

	for (struct str word; status == OK && (word = text_word(&options)).n > 0;) {
		if (str_cut_prefix(&word, S("initrd=")))
			status = add_initrds(r, word);
		else
			text_join(&r->text, word);
	}
	return status;
}

/* Completes the entry that the next LABEL, or the end of the menu, ends. */
static enum status end_entry(struct reader *r)
{
	struct entry *e = r->entry;
	struct str options = r->label.kernel, kernel = text_word(&options);
	enum status status;

	if (e == NULL)
		return OK;
	if (e->title.n == 0)
		e->title = e->id;
	if (kernel.n == 0) {
		e->problem = S("the entry names no kernel: it needs a line 'LINUX /PATH'");
		return OK;
	}
	r->text.n = 0;
	r->text.full = false;
	status = find_file(r, kernel, &e->kernel);
	if (status == OK)
		status = add_initrds(r, r->label.initrd);
	if (status == OK)
		status = add_options(r, options);
	if (status == OK)
		status = add_options(r, r->label.append_said ? r->label.append : r->append);
	if (status == OK && !text_take(&r->text, r->p->arena, &e->options))
		status = no_memory(r);
	if (r->text.full)
		e->problem = S("its options are more than 65535 bytes long");
	return status;
}

static enum status take_label(struct reader *r, struct str value)
{
	enum status status = end_entry(r);

	r->entry = NULL;
	r->label = (struct label){0};
	if (status == OK)
		status = parse_entry(r->p, r->line, &r->entry);
	if (status == OK)
		r->entry->id = value.n > 0 ? utf8_cut(value, TITLE_BYTES) : S("(no label)");
	return status;
}

static enum status take_kernel(struct reader *r, struct str value)
{
	r->label.kernel = value;
	return OK;
}

static enum status take_initrd(struct reader *r, struct str value)
{
	r->label.initrd = value;
	return OK;
}

/* "APPEND -" is none at all. */
static enum status take_append(struct reader *r, struct str value)
{
	value = str_eq(value, S("-")) ? S("") : value;
	if (r->entry == NULL) {
		r->append = value;
	} else {
		r->label.append = value;
		r->label.append_said = true;
	}
	return OK;
}

static enum status take_default(struct reader *r, struct str value)
{
	r->name = value;
	return OK;
}

static enum status take_ontimeout(struct reader *r, struct str value)
{
	r->ontimeout = value;
	return OK;
}

static enum status take_timeout(struct reader *r, struct str value)
{
	r->timeout_said = str_u64(value, &r->timeout);
	if (!r->timeout_said)
		parse_note(r->p, r->line, "'TIMEOUT' takes a number of tenths of a second");
	return OK;
}

static enum status take_prompt(struct reader *r, struct str value)
{
	r->quiet = str_eq(value, S("0"));
	return OK;
}

static enum status take_ui(struct reader *r, struct str value)
{
	(void)value;
	r->menu = true;
	return OK;
}

static enum status take_text(struct reader *r, struct str value)
{
	r->help = text_same(text_word(&value), S("help"));
	return OK;
}

static enum status read_file(struct reader *r, struct str text);

static bool is_open(const struct reader *r, struct str path)
{
	for (unsigned i = 0; i < r->opened; i++) {
		if (str_eq(r->open[i], path))
			return true;
	}
	return false;
}

/* The text of an included file. E_NOT_FOUND, told, when it is not to be had: that costs the line,
 * themes are often left out. */
static enum status load_include(struct reader *r, struct str name, struct str *path,
				struct str *text)
{
	struct parse file = *r->p;
	enum status status = find_file(r, name, path);

	if (status != OK)
		return status;
	if (is_open(r, *path) || r->files >= FILES_MAX) {
		parse_note(r->p, r->line, "%.*s is not read: %s", STR_ARG(*path),
			   r->files < FILES_MAX ? "it includes itself"
						: "too many files are included");
		return E_NOT_FOUND;
	}
	r->files++;
	file.path = *path;
	status = parse_load(&file, text);
	file.config->from = r->top->path;
	if (status == E_NOT_FOUND)
		parse_note(r->p, r->line, "%.*s is not there", STR_ARG(*path));
	return status == E_NO_MEMORY || status == OK ? status : E_NOT_FOUND;
}

static enum status take_include(struct reader *r, struct str value)
{
	struct parse *outer = r->p, inner;
	unsigned line = r->line;
	struct str name = text_word(&value), path, text;
	enum status status = name.n > 0 ? load_include(r, name, &path, &text) : E_NOT_FOUND;

	if (status != OK)
		return status == E_NOT_FOUND ? OK : status;
	inner = *outer;
	inner.path = path;
	r->open[r->opened++] = inner.path;
	r->p = &inner;
	status = read_file(r, text);
	r->p = outer;
	r->line = line;
	outer->notes = inner.notes;
	r->opened--;
	return status;
}

/* A '^' marks the key that jumps to the entry. */
static enum status take_title(struct reader *r, struct str value)
{
	struct str before = str_cut(&value, '^');

	if (r->entry == NULL)
		return OK;
	if (!str_fmt(r->p->arena, &r->entry->title, "%.*s%.*s", STR_ARG(before), STR_ARG(value)))
		return no_memory(r);
	r->entry->title = utf8_cut(r->entry->title, TITLE_BYTES);
	return OK;
}

static enum status take_menu(struct reader *r, struct str value)
{
	struct str word = text_word(&value);

	if (text_same(word, S("label")))
		return take_title(r, value);
	if (text_same(word, S("include")))
		return take_include(r, value);
	if (text_same(word, S("default")) && r->entry != NULL)
		r->menu_default = r->entry;
	return OK;
}

static const struct keyword keywords[] = {
	{"label", take_label},         {"kernel", take_kernel},
	{"linux", take_kernel},        {"initrd", take_initrd},
	{"append", take_append},       {"default", take_default},
	{"ontimeout", take_ontimeout}, {"timeout", take_timeout},
	{"prompt", take_prompt},       {"ui", take_ui},
	{"text", take_text},           {"include", take_include},
	{"menu", take_menu},
};

/* What only paints or speaks to a serial line is passed over in silence. */
static enum status take_line(struct reader *r, struct str line)
{
	struct str value = str_trim(line), name = text_word(&value);

	if (r->help) {
		r->help = !text_same(name, S("endtext"));
		return OK;
	}
	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++) {
		if (text_same(name, str_of(keywords[i].name)))
			return keywords[i].take(r, value);
	}
	return OK;
}

/* Recursion is bounded by FILES_MAX. */
static enum status read_file(struct reader *r, struct str text)
{
	enum status status = OK;

	for (r->line = 1; text.n > 0 && status == OK; r->line++)
		status = take_line(r, str_cut(&text, '\n'));
	return status;
}

static const struct entry *with_label(const struct config *c, struct str label)
{
	for (const struct entry *e = c->first; e != NULL && label.n > 0; e = e->next) {
		if (str_eq(e->id, label))
			return e;
	}
	return NULL;
}

/* Nobody is at the menu when its time is up: ONTIMEOUT goes before DEFAULT, and that before what
 * the menu only marks. */
static void choose_default(struct reader *r)
{
	struct config *c = r->top->config;

	c->default_entry = with_label(c, r->ontimeout);
	if (c->default_entry == NULL)
		c->default_entry = with_label(c, r->name);
	if (c->default_entry == NULL)
		c->default_entry = r->menu_default;
}

/* 0 is for ever, which is no answer for a machine without a person: then our own default holds. But
 * without menu and prompt it boots at once. */
static void set_timeout(struct reader *r)
{
	struct config *c = r->top->config;
	uint64_t seconds = r->timeout / 10 + (r->timeout % 10 != 0);

	if (r->timeout_said && r->timeout > 0) {
		c->timeout_said = true;
		c->timeout = seconds < TIMEOUT_MAX ? (unsigned)seconds : TIMEOUT_MAX;
	} else if (r->quiet && !r->menu && !str_ends(r->name, S(".c32"))) {
		c->timeout_said = true;
		c->timeout = 0;
	}
}

enum status extlinux_read(struct parse *p)
{
	struct reader r = {.p = p,
			   .top = p,
			   .directory = path_directory(p->path),
			   .open = {p->path},
			   .opened = 1};
	struct str text;
	enum status status = parse_load(p, &text), end;

	if (status != OK)
		return status;
	if (!text_init(&r.text, p->arena))
		return no_memory(&r);
	status = read_file(&r, text);
	end = end_entry(&r);
	choose_default(&r);
	set_timeout(&r);
	return status != OK ? status : end;
}
