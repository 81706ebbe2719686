/* Tries the languages in their order. Checks the files of each entry, finds the default, and gives
 * the entries their ids. */
#include "config/config.h"

#include "base/arena.h"
#include "base/fmt.h"
#include "base/utf8.h"
#include "config/languages.h"
#include "config/parse.h"
#include "fs/volume.h"

/* The bytes of an id that are kept when a number is put behind it. */
#define ID_BYTES 255

#define ADD_FORMAT(reader, name, what, ...) \
	{name, what, (const char *const[]){__VA_ARGS__, NULL}, reader},

static const struct format guest_formats[] = {GUEST_LANGUAGES(ADD_FORMAT){NULL, NULL, NULL, NULL}};
static const struct format last_formats[] = {LAST_LANGUAGES(ADD_FORMAT){NULL, NULL, NULL, NULL}};
static const struct format host_formats[] = {HOST_LANGUAGES(ADD_FORMAT){NULL, NULL, NULL, NULL}};

/* One volume while it is read. */
struct reading {
	struct volume *volume;
	enum config_side side;
	struct settings *settings;
	const struct places *places;
	struct arena *arena;
	struct report *report;
	struct config *config;
	struct boot_file **end; /* of the list of boot files */
};

/* True when the disk is at fault, not what somebody wrote to it. */
static bool is_damage(enum status status)
{
	return status == E_IO || status == E_CORRUPT;
}

static enum status no_memory(struct report *r)
{
	return fail(r, E_NO_MEMORY, "no memory for the boot menu");
}

/* *WHY becomes "is not there", or where a broken symlink leads. */
static enum status why_missing(struct reading *r, struct volume *v, struct str path,
			       struct str *why)
{
	struct str end;
	enum status status = vol_link_end(v, path, r->arena, &end);

	*why = S("is not there");
	if (status != OK || end.n == 0)
		return status;
	return str_fmt(r->arena, why, "is a link to %.*s, which is not there", STR_ARG(end))
		       ? OK
		       : no_memory(r->report);
}

/* Sets the entry's problem when PATH, its WHAT ("kernel"), cannot be started or loaded. */
static enum status check_file(struct reading *r, struct entry *e, const char *what, struct str path)
{
	size_t mark = report_mark(r->report);
	struct file_info info = {0};
	enum status status = vol_info(e->volume, path, &info);
	bool other = e->volume != r->volume; /* not the menu's: the problem names it */
	struct str why, sought = S("");

	if (status == E_NO_MEMORY)
		return status;
	if (status == E_NOT_FOUND || status == E_WRONG_TYPE) {
		report_rewind(r->report, mark);
		status = why_missing(r, e->volume, path, &why);
		if (status != OK)
			return status;
		sought = e->sought;
	} else if (status != OK) {
		r->config->unreadable |= is_damage(status);
		why = S("cannot be read");
	} else if (info.type != FILE_REGULAR) {
		why = info.type == FILE_DIRECTORY ? S("is a directory") : S("is no regular file");
	} else if (info.size == 0) {
		why = S("is empty");
	} else {
		return OK;
	}
	if (!str_fmt(r->arena, &e->problem, "%s %.*s%s%.*s %.*s%s%.*s", what, STR_ARG(path),
		     other ? " on " : "", STR_ARG(other ? e->volume->name : S("")), STR_ARG(why),
		     sought.n > 0 ? "; " : "", STR_ARG(sought)))
		return no_memory(r->report);
	return OK;
}

static enum status check_entry(struct reading *r, struct entry *e)
{
	const char *what = e->kind == ENTRY_LINUX ? "kernel" : "EFI program";
	enum status status = OK;

	if (e->problem.n == 0)
		status = check_file(r, e, what, e->kernel);
	for (unsigned i = 0; status == OK && e->problem.n == 0 && i < e->initrds; i++)
		status = check_file(r, e, "initrd", e->initrd[i]);
	return status;
}

static bool id_taken(const struct config *c, const struct entry *before, struct str id)
{
	for (const struct entry *e = c->first; e != before; e = e->next) {
		if (str_eq(e->id, id))
			return true;
	}
	return false;
}

/* Gives each entry a title, and an id of its own: a second "Debian", in line 12, becomes
 * "Debian#12". */
static enum status name_entries(struct reading *r)
{
	char text[ID_BYTES + 11];

	for (struct entry *e = r->config->first; e != NULL; e = e->next) {
		if (e->title.n == 0)
			e->title = e->kernel.n > 0 ? e->kernel : S("(no title)");
		if (e->id.n == 0)
			e->id = e->title;

		struct str base = utf8_cut(e->id, ID_BYTES), id = e->id;

		/* This ends: each number makes another id, and there are at most ENTRIES_MAX
		 * entries before E. */
		for (unsigned n = e->line; id_taken(r->config, e, id); n++) {
			id.p = text;
			id.n = fmt(text, sizeof(text), "%.*s#%u", STR_ARG(base), n);
		}
		if (id.p == text && !str_dup(r->arena, id, &e->id))
			return no_memory(r->report);
	}
	return OK;
}

/* Finds the default where the reader has a pattern for it: the first entry that matches and can
 * boot, else the first that matches. */
static void find_default(const struct parse *p)
{
	struct config *c = p->config;
	struct entry *found = NULL;

	if (p->default_glob.n == 0)
		return;
	for (struct entry *e = c->first; e != NULL; e = e->next) {
		if (!entry_match(e, p->default_glob))
			continue;
		if (found == NULL || (found->problem.n != 0 && e->problem.n == 0))
			found = e;
	}
	c->default_entry = found;
	if (found == NULL && c->count != 0)
		note(p->report, "%.*s on %.*s: no entry matches its default, '%.*s'",
		     STR_ARG(c->from), STR_ARG(p->volume->name), STR_ARG(p->default_glob));
}

/* Reports why no entry can boot: perhaps nobody sees the menu, which says so of each. */
static void note_problems(const struct reading *r, const struct format *f, const char *path)
{
	const struct config *c = r->config;
	const struct str disk = r->volume->name;
	unsigned told = 0;

	if (r->side == SIDE_HOST)
		note(r->report, "the host's %.*s: none of its entries can boot", STR_ARG(c->from));
	else if (f->what != NULL && str_eq(c->from, str_of(path)))
		note(r->report, "%s in %.*s on %.*s: none of them can boot", f->what,
		     STR_ARG(c->from), STR_ARG(disk));
	else
		note(r->report, "%.*s on %.*s: none of its entries can boot", STR_ARG(c->from),
		     STR_ARG(disk));
	for (const struct entry *e = c->first; e != NULL && told < CONFIG_NOTES;
	     e = e->next, told++)
		note(r->report, "  '%.*s': %.*s", STR_ARG(e->title), STR_ARG(e->problem));
	if (c->count > told)
		note(r->report, "  and %u more", c->count - told);
}

/* Records a boot file that exists, and what came of it. */
static enum status record(struct reading *r, const struct format *f, const char *path,
			  enum status status)
{
	struct boot_file *file = arena_array(r->arena, 1, sizeof(*file));
	const struct config *c = r->config;

	if (file == NULL)
		return no_memory(r->report);
	*file = (struct boot_file){
		.place = {f->name, f->what, path},
		.from = c->from.n > 0 ? c->from : str_of(path),
		.status = status,
		.entries = c->count,
	};
	for (const struct entry *e = c->first; e != NULL; e = e->next)
		file->bootable += e->problem.n == 0;
	*r->end = file;
	r->end = &file->next;
	return OK;
}

/* Reads one boot file. OK also when it is missing or bad: then the configuration shows it. */
static enum status read_one(struct reading *r, const struct format *f, const char *path)
{
	struct parse p = {
		.volume = r->volume,
		.places = r->places,
		.arena = r->arena,
		.report = r->report,
		.config = r->config,
		.path = str_of(path),
		.settings = r->side == SIDE_HOST ? r->settings : NULL,
	};
	enum status read = f->read(&p), status;

	if (read == E_NO_MEMORY)
		return read;
	if (read == E_NOT_FOUND)
		return OK;
	r->config->unreadable |= is_damage(read);
	status = name_entries(r);
	for (struct entry *e = r->config->first; status == OK && e != NULL; e = e->next)
		status = check_entry(r, e);
	find_default(&p);
	return status == OK ? record(r, f, path, read) : status;
}

static const struct format *formats_of(enum config_side side)
{
	switch (side) {
	case SIDE_GUEST_LAST:
		return last_formats;
	case SIDE_HOST:
		return host_formats;
	default:
		return guest_formats;
	}
}

/* Reports menus without entries although something else boots: a crash may have emptied them, and
 * what boots instead lacks their options. A partless.conf may have no entries. */
static void note_passed_over(const struct reading *r, const struct boot_file *f)
{
	for (; r->side == SIDE_GUEST && f != NULL; f = f->next) {
		if (f->entries == 0 && (f->status == OK || f->status == E_LIMIT) &&
		    f->place.what == NULL && !str_eq(str_of(f->place.language), S("partless")))
			note(r->report, "%.*s on %.*s: no entries; passed over", STR_ARG(f->from),
			     STR_ARG(r->volume->name));
	}
}

/* Does what config_read() says. Lines of the report that repeat a reason are dropped; *FOLDED
 * counts them. */
static enum status read_all(const struct reading *all, unsigned *folded)
{
	size_t mark = report_mark(all->report);
	const struct format *f = formats_of(all->side);
	struct config kept = {0};
	struct boot_file *files = NULL;
	struct reading r = *all;
	bool unreadable = false;

	r.end = &files;
	for (; f->name != NULL; f++) {
		for (const char *const *path = f->paths;
		     *path != NULL &&
		     (r.side == SIDE_HOST || config_allows(r.settings->config, f->name));
		     path++) {
			struct config now = {.aside = kept.aside};
			enum status status;

			r.config = &now;
			status = read_one(&r, f, *path);
			*folded += report_fold(r.report, mark);
			if (status != OK)
				return status;
			unreadable |= now.unreadable;
			if (config_boots(&now)) {
				note_passed_over(&r, files);
				*all->config = now;
				all->config->files = files;
				return OK;
			}
			if (now.count > 0)
				note_problems(&r, f, *path);
			kept.aside = now.aside;
			if (kept.from.n == 0 || (kept.count == 0 && now.count > 0))
				kept = now;
		}
	}
	kept.unreadable = unreadable;
	kept.files = files;
	*all->config = kept;
	return OK;
}

enum status config_read(struct volume *v, enum config_side side, struct settings *settings,
			const struct places *places, struct arena *a, struct report *report,
			struct config *config)
{
	const struct reading all = {v, side, settings, places, a, report, config, NULL};
	unsigned folded = 0;
	enum status status = read_all(&all, &folded);

	if (folded > 0)
		note(report, "%.*s: %u more file%s cannot be read, for the reasons above",
		     STR_ARG(v->name), folded, folded == 1 ? "" : "s");
	return status;
}
