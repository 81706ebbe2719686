/* Makes entries of the labels of extlinux.conf, puts the names of submenus before their titles, and
 * finds the default. */
#include "base/arena.h"
#include "base/utf8.h"
#include "config/extlinux/impl.h"
#include "config/lines/path.h"
#include "fs/volume.h"

enum status extlinux_find(struct reader *r, struct str name, struct str *path)
{
	struct volume *v = r->p->volume;
	enum status status;
	struct str own;

	if (name.p[0] == '/')
		return path_find(r->p, v, name, path);
	status = path_join(r->p, r->directory, name, &own);
	if (status == OK && !path_exists(r->p, v, own))
		status = path_find(r->p, v, name, path);
	else
		*path = own;
	/* A file that is nowhere is reported at the path that the menu names. */
	if (status == OK && !path_exists(r->p, v, *path))
		*path = own;
	return status;
}

/* Adds the initrds of LIST, which has commas between them. */
static enum status add_initrds(struct reader *r, struct entry *e, struct str list)
{
	enum status status = OK;
	struct str *to;

	while (list.n > 0 && status == OK) {
		struct str name = str_trim(str_cut(&list, ','));

		if (name.n == 0)
			continue;
		to = parse_initrd(r->p, e, e->line);
		if (to == NULL)
			break;
		status = extlinux_find(r, name, to);
		e->initrds += status == OK;
	}
	return status;
}

/* Adds options. An initrd= among them is for the boot loader, not for Linux. */
static enum status add_options(struct reader *r, struct entry *e, struct str options)
{
	enum status status = OK;

	for (struct str word; status == OK && (word = text_word(&options)).n > 0;) {
		if (str_cut_prefix(&word, S("initrd=")))
			status = add_initrds(r, e, word);
		else
			text_join(&r->text, word);
	}
	return status;
}

/* Adds ONE and MORE to the options of E. */
static enum status append(struct reader *r, struct entry *e, struct str one, struct str more)
{
	enum status status;

	r->text.n = 0;
	r->text.full = false;
	text_add(&r->text, e->options);
	status = add_options(r, e, one);
	if (status == OK)
		status = add_options(r, e, more);
	if (status == OK && !text_take(&r->text, r->p->arena, &e->options))
		status = parse_no_memory(r->p);
	if (r->text.full)
		e->problem = S("its options are more than 65535 bytes long");
	return status;
}

/* Copies a title without its '^', which marks the key that jumps to the entry. */
static enum status copy_title(struct reader *r, struct str written, struct str *title)
{
	struct str rest = utf8_cut(written, TITLE_BYTES), before = str_cut(&rest, '^');

	return str_fmt(r->p->arena, title, "%.*s%.*s", STR_ARG(before), STR_ARG(rest))
		       ? OK
		       : parse_no_memory(r->p);
}

/* True for COM32 programs, menus among them: only syslinux can run them. */
static bool is_module(struct str command)
{
	return str_ends(text_word(&command), S(".c32"));
}

/* Fills in what the label starts. A label that names no kernel is the name of one. */
static enum status fill(struct reader *r, const struct label *l, struct entry *e)
{
	struct str name = l->name, options = l->kernel, kernel = text_word(&options);
	struct str other = l->other.n == 0 && is_module(kernel) ? kernel : l->other;
	enum status status;

	if (other.n > 0) {
		if (!str_fmt(r->p->arena, &e->problem,
			     "'%.*s' is not for Partless, which starts Linux kernels and EFI "
			     "programs",
			     STR_ARG(other)))
			return parse_no_memory(r->p);
		return OK;
	}
	if (kernel.n == 0)
		kernel = text_word(&name);
	if (kernel.n == 0) {
		e->problem = S("the entry names no kernel: it needs a line 'LINUX /PATH'");
		return OK;
	}
	status = extlinux_find(r, kernel, &e->kernel);
	if (status == OK)
		status = add_initrds(r, e, l->initrd);
	if (status != OK)
		return status;
	return append(r, e, options, l->append_said ? l->append : r->append);
}

enum status extlinux_end_label(struct reader *r)
{
	struct label l = r->label;
	struct parse p = *r->p;
	struct entry *e;
	enum status status;

	r->label = (struct label){0};
	if (!l.open || l.leads_away)
		return OK;
	p.path = l.from;
	p.config = l.hidden ? &r->hidden : p.config;
	status = parse_entry(&p, l.line, &e);
	if (status != OK)
		return status;
	e->id = l.name.n > 0 ? utf8_cut(l.name, TITLE_BYTES) : S("(no label)");
	e->title = e->id;
	if (l.title.n > 0)
		status = copy_title(r, l.title, &e->title);
	if (l.initial && !l.hidden)
		r->menus[r->depth].chosen = e;
	return status == OK ? fill(r, &l, e) : status;
}

enum status extlinux_begin_menu(struct reader *r, struct str tag)
{
	enum status status = extlinux_end_label(r);

	if (status != OK)
		return status;
	if (r->depth == MENUS_MAX) {
		r->too_deep++;
		parse_note(r->p, r->line, "submenus are nested more than %u deep", MENUS_MAX);
		return OK;
	}
	r->menus[++r->depth] = (struct submenu){.tag = tag, .before = r->top->config->last};
	return OK;
}

/* Puts the name of the menu before the titles of E and of all entries behind it. */
static enum status name_titles(struct reader *r, const struct submenu *m, struct entry *e)
{
	struct str written = m->label.n > 0 ? m->label : m->title.n > 0 ? m->title : m->tag;
	struct str name = {0};
	enum status status = copy_title(r, written, &name);

	for (; status == OK && name.n > 0 && e != NULL; e = e->next) {
		if (!str_fmt(r->p->arena, &e->title, "%.*s>%.*s", STR_ARG(name), STR_ARG(e->title)))
			return parse_no_memory(r->p);
		e->title = utf8_cut(e->title, TITLE_BYTES);
	}
	return status;
}

enum status extlinux_end_menu(struct reader *r)
{
	enum status status = extlinux_end_label(r);
	struct submenu *m = &r->menus[r->depth];
	struct entry *first;

	if (status != OK || r->depth == 0)
		return status;
	if (r->too_deep > 0) {
		r->too_deep--;
		return OK;
	}
	first = m->before != NULL ? m->before->next : r->top->config->first;
	m->chosen = m->chosen != NULL ? m->chosen : first;
	if (m->initial && m->chosen != NULL)
		m[-1].chosen = m->chosen;
	if (m->start)
		r->start = m->chosen;
	r->depth--;
	return name_titles(r, m, first);
}

static struct entry *with_label(const struct config *c, struct str label, bool word)
{
	label = utf8_cut(label, TITLE_BYTES);
	for (struct entry *e = c->first; e != NULL; e = e->next) {
		struct str id = e->id;

		if (str_eq(word ? text_word(&id) : id, label))
			return e;
	}
	return NULL;
}

/* Finds the entry of a command that is a label, with more options behind it or without; *FOUND is
 * NULL when it is not a label. A hidden entry joins the menu. */
static enum status take_label(struct reader *r, struct str text, struct entry **found)
{
	struct config *c = r->top->config;
	struct str options = text, word = text_word(&options);
	struct entry *e = with_label(c, text, false), *hidden = NULL;
	struct parse p = *r->top;
	enum status status;

	if (e != NULL) {
		*found = e;
		return OK;
	}
	e = with_label(c, word, true);
	if (e == NULL)
		hidden = with_label(&r->hidden, word, true);
	if (hidden != NULL) {
		p.path = hidden->from;
		status = parse_entry(&p, hidden->line, &e);
		if (status != OK)
			return status;
		hidden->next = NULL;
		*e = *hidden;
	}
	*found = e;
	return e != NULL && options.n > 0 ? append(r, e, options, S("")) : OK;
}

/* Makes the entry of a command that is a file and its options; *FOUND is NULL when there is no such
 * file. */
static enum status take_file(struct reader *r, const struct command *c, struct entry **found)
{
	struct str options = c->text, name = text_word(&options), path;
	struct parse p = *r->top;
	size_t mark = report_mark(p.report);
	enum status status = extlinux_find(r, name, &path);
	struct file_info info;
	struct entry *e;

	*found = NULL;
	if (status != OK)
		return status;
	if (vol_info(p.volume, path, &info) != OK || info.type != FILE_REGULAR) {
		report_rewind(p.report, mark);
		return OK;
	}
	p.path = c->from;
	status = parse_entry(&p, c->line, &e);
	if (status != OK)
		return status;
	e->id = e->title = utf8_cut(name, TITLE_BYTES);
	e->kernel = path;
	*found = e;
	return append(r, e, r->append, options);
}

/* Finds the entry that C, the value of DEFAULT or ONTIMEOUT, leads to. *FOUND is NULL when it leads
 * nowhere, which is reported. */
static enum status resolve(struct reader *r, const struct command *c, const char *keyword,
			   struct entry **found)
{
	struct parse p = *r->top;
	struct str rest = c->text, word = text_word(&rest);
	enum status status = OK;

	*found = NULL;
	if (word.n == 0 || is_module(word))
		return OK;
	if (r->menu && c == &r->initial) {
		/* A menu chooses only among what it shows. */
		*found = with_label(p.config, c->text, false);
		if (*found == NULL)
			*found = with_label(p.config, word, true);
	} else {
		status = take_label(r, c->text, found);
		if (status == OK && *found == NULL)
			status = take_file(r, c, found);
	}
	p.path = c->from;
	if (status == OK && *found == NULL)
		parse_note(&p, c->line, "'%s' is left out: no label and no file is called '%.*s'",
			   keyword, STR_ARG(utf8_cut(word, TITLE_BYTES)));
	return status;
}

/* The default is what boots when nobody is at the menu: ONTIMEOUT, then DEFAULT, then what the
 * menus mark. Where the menu does not wait, DEFAULT goes before ONTIMEOUT. */
static struct entry *prefer(const struct reader *r, struct entry *initial, struct entry *timed)
{
	bool at_once = r->quiet && !r->menu;
	struct entry *first = at_once ? initial : timed, *second = at_once ? timed : initial;

	if (first != NULL || second != NULL)
		return first != NULL ? first : second;
	return r->start != NULL ? r->start : r->menus[0].chosen;
}

enum status extlinux_choose(struct reader *r)
{
	struct entry *initial = NULL, *timed = NULL;
	enum status status = extlinux_end_label(r);

	while (status == OK && r->depth > 0)
		status = extlinux_end_menu(r);
	r->menu |= is_module(r->initial.text);
	if (status == OK)
		status = resolve(r, &r->initial, "DEFAULT", &initial);
	if (status == OK)
		status = resolve(r, &r->ontimeout, "ONTIMEOUT", &timed);
	r->top->config->default_entry = prefer(r, initial, timed);
	return status;
}
