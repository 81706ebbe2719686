/* Why nothing boots: what was looked for on which disk, what it came to, and what to do. */
#include "loader/explain.h"

#include "base/fmt.h"
#include "config/languages.h"
#include "fs/block.h"
#include "fs/volume.h"
#include "loader/advice.h"

/* The longest line of ours that names many things. */
#define LINE_BYTES 1024

/* One line while it is made. What finds no room is left out. */
struct line {
	char text[LINE_BYTES];
	size_t n;
};

static void line_put(struct line *line, const char *f, ...) __attribute__((format(printf, 2, 3)));

static void line_put(struct line *line, const char *f, ...)
{
	va_list args;

	va_start(args, f);
	line->n += fmt_va(line->text + line->n, LINE_BYTES - line->n, f, args);
	va_end(args);
	line->n = line->n < LINE_BYTES ? line->n : LINE_BYTES;
}

/* The end of "disk%s". */
static const char *plural(unsigned n)
{
	return n == 1 ? "" : "s";
}

static void explain_file(const struct disk *d, const struct boot_file *f, struct report *r)
{
	bool folder = f->place.what != NULL && str_eq(f->from, str_of(f->place.path));
	struct line name = {0};

	line_put(&name, "%s%s%.*s on %.*s", folder ? f->place.what : "", folder ? " in " : "",
		 STR_ARG(f->from), STR_ARG(d->block->name));
	if (f->entries == 1)
		note(r, "%.*s: 1 entry, which cannot boot", (int)name.n, name.text);
	else if (f->entries > 0)
		note(r, "%.*s: %u entries, none of which can boot", (int)name.n, name.text,
		     f->entries);
	else if (f->status != OK)
		note(r, "%.*s: not read (%s)", (int)name.n, name.text, status_words(f->status));
	else
		note(r, "%.*s: no entries", (int)name.n, name.text);
}

static bool is_unread(const struct boot_file *f)
{
	return f->entries == 0 && f->status != OK;
}

/* The same damage may hide every place for boot files. Reports F, the first that could not be read,
 * and counts the others. */
static void explain_unread(const struct disk *d, const struct boot_file *f, struct report *r)
{
	unsigned more = 0;

	explain_file(d, f, r);
	for (f = f->next; f != NULL; f = f->next)
		more += is_unread(f);
	if (more > 0)
		note(r, "and %u more place%s for boot files on %.*s: not read", more, plural(more),
		     STR_ARG(d->block->name));
}

/* The boot files of one disk. */
static void explain_disk(const struct loader *l, const struct disk *d, struct report *r)
{
	bool unread = false;

	for (const struct boot_file *f = d->config.files; f != NULL; f = f->next) {
		if (is_unread(f) && !unread)
			explain_unread(d, f, r);
		else if (!is_unread(f) && f->bootable == 0 &&
			 (f->entries == 0 || l->report->dropped > 0))
			explain_file(d, f, r);
		unread |= is_unread(f);
	}
}

/* Reports the boot files of all disks, each in a line. Why each entry cannot boot is in the report
 * already, unless there was no room for it. */
static void explain_files(const struct loader *l, struct report *r)
{
	unsigned disks = 0, more;

	for (unsigned i = 0; i < l->count; i++) {
		disks += l->disks[i].config.files != NULL;
		if (disks <= EXPLAIN_DISKS)
			explain_disk(l, &l->disks[i], r);
	}
	more = disks > EXPLAIN_DISKS ? disks - EXPLAIN_DISKS : 0;
	if (more > 0)
		note(r, "and boot files on %u more disk%s, none of which boots", more,
		     plural(more));
}

/* True for a file system that could be read and has no boot file. */
static bool is_bare(const struct disk *d)
{
	return d->volume != NULL && d->config.files == NULL && !d->config.unreadable;
}

/* Puts the names of the disks that are WANTED into one line; returns how many there are. */
static unsigned put_disks(const struct loader *l, bool (*wanted)(const struct disk *),
			  struct line *line)
{
	unsigned disks = 0;

	for (unsigned i = 0; i < l->count; i++) {
		if (wanted(&l->disks[i]) && disks++ < EXPLAIN_DISKS)
			line_put(line, "%s%.*s", disks > 1 ? ", " : "",
				 STR_ARG(l->disks[i].block->name));
	}
	if (disks > EXPLAIN_DISKS)
		line_put(line, " and %u more", disks - EXPLAIN_DISKS);
	return disks;
}

/* Reports in one line the disks with a file system and without a boot file, and in another those
 * whose entries a person must start. */
static void explain_disks(const struct loader *l, struct report *r)
{
	struct line bare = {0}, waiting = {0};

	unsigned n = put_disks(l, is_bare, &bare);

	if (n > 0 && l->settings.said[SET_CONFIG])
		note(r,
		     "nothing that the host allows (config=%.*s) on %.*s: other menus were not "
		     "looked at",
		     STR_ARG(l->settings.config), (int)bare.n, bare.text);
	else if (n > 0)
		note(r, "no boot file and no kernel on %.*s", (int)bare.n, bare.text);
	if (put_disks(l, advice_waiting, &waiting) > 0)
		note(r, "%s, because the host names the disk '%.*s': the entries on %.*s",
		     l->settings.lockdown ? "left out" : "by hand only", STR_ARG(l->settings.disk),
		     (int)waiting.n, waiting.text);
}

static bool same_place(const struct config_place *a, const struct config_place *b)
{
	return str_eq(str_of(a->language), str_of(b->language)) &&
	       str_eq(str_of(a->path), str_of(b->path));
}

bool explain_found(const struct loader *l, const struct config_place *place)
{
	for (unsigned i = 0; i < l->count; i++) {
		for (const struct boot_file *f = l->disks[i].config.files; f != NULL; f = f->next) {
			if (same_place(&f->place, place))
				return true;
		}
	}
	return false;
}

/* Splits PLACE: returns the name that is looked for, and its *FOLDER. */
static struct str split(const struct config_place *place, struct str *folder)
{
	struct str path = str_of(place->path), name = path;

	*folder = path;
	if (place->what != NULL)
		return str_of(place->what);
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] == '/')
			name = (struct str){path.p + i + 1, path.n - i - 1};
	}
	folder->n = path.n - name.n > 1 ? path.n - name.n - 1 : 1;
	return name;
}

/* Adds the folders where NAME is looked for and found on no disk, from the Nth place on. */
static void put_folders(const struct loader *l, unsigned n, struct str name, struct line *line)
{
	struct config_place place;
	const char *before = line->n > 0 ? "; " : "";
	bool first = true;

	for (; config_place(l->settings.config, n, &place); n++) {
		struct str folder;

		if (!str_eq(split(&place, &folder), name) || explain_found(l, &place))
			continue;
		if (first)
			line_put(line, "%s%.*s in ", before, STR_ARG(name));
		line_put(line, "%s%.*s", first ? "" : ", ", STR_ARG(folder));
		first = false;
	}
}

/* True when an earlier place than the Nth has the same NAME. */
static bool is_told(const struct loader *l, unsigned n, struct str name)
{
	struct config_place place;
	struct str folder;

	for (unsigned i = 0; i < n && config_place(l->settings.config, i, &place); i++) {
		if (str_eq(split(&place, &folder), name))
			return true;
	}
	return false;
}

/* Reports in one line the places where no disk has a boot file. */
static void explain_missing(const struct loader *l, struct report *r)
{
	struct line line = {0};
	struct config_place place;

	for (unsigned i = 0; config_place(l->settings.config, i, &place); i++) {
		struct str folder, name = split(&place, &folder);

		if (!is_told(l, i, name))
			put_folders(l, i, name, &line);
	}
	if (line.n > 0)
		note(r, "found on no disk: %.*s", (int)line.n, line.text);
}

/* The first remarks about disks without a file system that we read; *MORE is the number of the
 * others. */
static struct str first_remarks(const struct loader *l, unsigned *more)
{
	struct str rest = l->remarks;
	size_t n = 0;

	*more = 0;
	for (unsigned i = 0; rest.n > 0; i++) {
		(void)str_cut(&rest, '\n');
		if (i < EXPLAIN_REMARKS)
			n = l->remarks.n - rest.n;
		else
			++*more;
	}
	return (struct str){l->remarks.p, n};
}

/* Appends the lines of R to *TEXT, in the arena, and empties R. */
static void keep(struct loader *l, struct report *r, struct str *text)
{
	if (r->dropped > 0)
		note(r, "and %u more line%s", r->dropped, plural(r->dropped));
	(void)str_fmt(&l->arena, text, "%.*s%.*s", STR_ARG(*text), (int)r->n, r->text);
	report_rewind(r, 0);
}

struct str explain_nothing(struct loader *l)
{
	struct report *r = arena_alloc(&l->arena, sizeof(*r));
	struct str what_to_do = advice(l);
	unsigned more;
	struct str text = first_remarks(l, &more);

	if (r == NULL)
		return text;
	if (more > 0)
		note(r,
		     "and %u more disk%s or partition%s without a file system that Partless reads",
		     more, plural(more), plural(more));
	explain_files(l, r);
	keep(l, r, &text);
	explain_disks(l, r);
	if (l->places.count > 0 && !advice_waits(l))
		explain_missing(l, r);
	if (what_to_do.n > 0)
		note(r, "%.*s", STR_ARG(what_to_do));
	keep(l, r, &text);
	return text;
}
