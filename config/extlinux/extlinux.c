/* extlinux.conf and syslinux.cfg: a line is a keyword, in upper or lower case, and its value. */
#include "config/extlinux/impl.h"
#include "config/lines/path.h"
#include "fs/volume.h"

/* TAKE returns OK also for a bad line; anything else ends the reading. */
struct keyword {
	const char *name;
	enum status (*take)(struct reader *, struct str value);
};

static enum status take_label(struct reader *r, struct str value)
{
	enum status status = extlinux_end_label(r);

	if (status == OK)
		r->label = (struct label){
			.name = value, .from = r->p->path, .line = r->line, .open = true};
	return status;
}

static enum status take_kernel(struct reader *r, struct str value)
{
	r->label.kernel = value;
	r->label.other = S("");
	return OK;
}

static enum status take_initrd(struct reader *r, struct str value)
{
	r->label.initrd = value;
	return OK;
}

/* "APPEND -" means no options. */
static enum status take_append(struct reader *r, struct str value)
{
	value = str_eq(value, S("-")) ? S("") : value;
	if (r->label.open) {
		r->label.append = value;
		r->label.append_said = true;
	} else {
		r->append = value;
	}
	return OK;
}

static struct command command_here(const struct reader *r, struct str text)
{
	return (struct command){text, r->p->path, r->line};
}

static enum status take_default(struct reader *r, struct str value)
{
	r->initial = command_here(r, value);
	return OK;
}

static enum status take_ontimeout(struct reader *r, struct str value)
{
	r->ontimeout = command_here(r, value);
	return OK;
}

/* A number ends where its digits end. */
static void take_tenths(struct reader *r, const char *keyword, struct str value, uint64_t *tenths)
{
	if (!str_cut_u64(&value, tenths))
		parse_note(r->p, r->line, "'%s' takes a number of tenths of a second", keyword);
}

static enum status take_timeout(struct reader *r, struct str value)
{
	take_tenths(r, "TIMEOUT", value, &r->timeout);
	return OK;
}

static enum status take_total(struct reader *r, struct str value)
{
	take_tenths(r, "TOTALTIMEOUT", value, &r->total);
	return OK;
}

static enum status take_prompt(struct reader *r, struct str value)
{
	uint64_t prompt = 0;

	r->quiet = str_cut_u64(&value, &prompt) && prompt == 0;
	return OK;
}

static enum status take_ui(struct reader *r, struct str value)
{
	(void)value;
	r->menu = true;
	return OK;
}

/* Help for a person: all lines up to ENDTEXT are skipped. */
static enum status take_text(struct reader *r, struct str value)
{
	(void)value;
	r->help = true;
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

/* Reads an included file. E_NOT_FOUND, reported, when that fails: only the line is lost, because
 * themes are often missing. */
static enum status load_include(struct reader *r, struct str name, struct str *path,
				struct str *text)
{
	struct parse file = *r->p;
	enum status status = extlinux_find(r, name, path);

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

/* Reads a file in place of the line. With a tag behind its name the file is a submenu. */
static enum status take_include(struct reader *r, struct str value)
{
	struct parse *outer = r->p, inner;
	unsigned line = r->line;
	struct str name = text_word(&value), path, text;
	enum status status = name.n > 0 ? load_include(r, name, &path, &text) : E_NOT_FOUND;

	if (status != OK)
		return status == E_NOT_FOUND ? OK : status;
	if (value.n > 0)
		status = extlinux_begin_menu(r, value);
	inner = *outer;
	inner.path = path;
	r->open[r->opened++] = inner.path;
	r->p = &inner;
	if (status == OK)
		status = read_file(r, text);
	if (status == OK && value.n > 0)
		status = extlinux_end_menu(r);
	r->p = outer;
	r->line = line;
	outer->notes = inner.notes;
	r->opened--;
	return status;
}

/* MENU LABEL and MENU DEFAULT are about the open label or, before the first one, about the menu. */
static enum status take_title(struct reader *r, struct str value)
{
	if (r->label.open)
		r->label.title = value;
	else
		r->menus[r->depth].label = value;
	return OK;
}

static enum status take_menu_default(struct reader *r, struct str value)
{
	(void)value;
	if (r->label.open)
		r->label.initial = true;
	else
		r->menus[r->depth].initial = true;
	return OK;
}

static enum status take_menu_title(struct reader *r, struct str value)
{
	r->menus[r->depth].title = value;
	return OK;
}

static enum status take_start(struct reader *r, struct str value)
{
	(void)value;
	r->menus[r->depth].start = true;
	return OK;
}

static enum status take_hide(struct reader *r, struct str value)
{
	(void)value;
	r->label.hidden = true;
	return OK;
}

static enum status take_away(struct reader *r, struct str value)
{
	(void)value;
	r->label.leads_away = true;
	return OK;
}

/* A line across the menu. */
static enum status take_separator(struct reader *r, struct str value)
{
	(void)value;
	return extlinux_end_label(r);
}

static enum status take_end(struct reader *r, struct str value)
{
	(void)value;
	return extlinux_end_menu(r);
}

static const struct keyword menu_keywords[] = {
	{"label", take_title},
	{"default", take_menu_default},
	{"title", take_menu_title},
	{"include", take_include},
	{"begin", extlinux_begin_menu},
	{"end", take_end},
	{"hide", take_hide},
	{"start", take_start},
	{"separator", take_separator},
	{"disable", take_away},
	{"disabled", take_away},
	{"goto", take_away},
	{"exit", take_away},
	{"quit", take_away},
	{NULL, NULL},
};

static enum status take_menu(struct reader *r, struct str value);

static const struct keyword keywords[] = {
	{"label", take_label},         {"kernel", take_kernel},   {"linux", take_kernel},
	{"initrd", take_initrd},       {"append", take_append},   {"default", take_default},
	{"ontimeout", take_ontimeout}, {"timeout", take_timeout}, {"totaltimeout", take_total},
	{"prompt", take_prompt},       {"ui", take_ui},           {"text", take_text},
	{"include", take_include},     {"menu", take_menu},       {NULL, NULL},
};

/* Keywords that start something other than Linux. */
static const char *const others[] = {"localboot", "boot",  "bss",    "pxe", "fdimage",
				     "comboot",   "com32", "config", NULL};

/* Keywords that only paint or set up a serial line are skipped. */
static enum status take_keyword(struct reader *r, const struct keyword *k, struct str line)
{
	struct str name = text_word(&line);

	for (; k->name != NULL; k++) {
		if (text_same(name, str_of(k->name)))
			return k->take(r, line);
	}
	return OK;
}

static enum status take_menu(struct reader *r, struct str value)
{
	return take_keyword(r, menu_keywords, value);
}

static enum status take_line(struct reader *r, struct str line)
{
	struct str rest = line, name = text_word(&rest);

	if (r->help) {
		r->help = !text_same(name, S("endtext"));
		return OK;
	}
	for (const char *const *o = others; *o != NULL; o++) {
		if (text_same(name, str_of(*o)))
			r->label.other = name;
	}
	return take_keyword(r, keywords, line);
}

/* Recursion is bounded by FILES_MAX. */
static enum status read_file(struct reader *r, struct str text)
{
	enum status status = OK;

	for (r->line = 1; text.n > 0 && status == OK; r->line++)
		status = take_line(r, str_cut(&text, '\n'));
	return status;
}

/* TIMEOUT 0 waits for ever. A machine must also boot when nobody is there, so Partless's own
 * default holds instead. Without menu and prompt syslinux boots at once. */
static void set_timeout(struct reader *r)
{
	uint64_t tenths = r->timeout, seconds;

	if (tenths == 0 || (r->total > 0 && r->total < tenths))
		tenths = r->total;
	seconds = tenths / 10 + (tenths % 10 != 0);
	if (tenths > 0 || (r->quiet && !r->menu))
		parse_timeout(r->top, seconds);
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
		return fail(p->report, E_NO_MEMORY, "%.*s: no memory for the menu",
			    STR_ARG(p->path));
	status = read_file(&r, text);
	end = extlinux_choose(&r);
	set_timeout(&r);
	return status != OK ? status : end;
}
