/* From disks to a menu: which file systems there are, what they say, and in which order. */
#include "base/mem.h"
#include "fs/block.h"
#include "fs/filesystems.h"
#include "fs/volume.h"
#include "loader/defaults.h"
#include "loader/disks/order.h"
#include "loader/disks/root.h"
#include "loader/disks/twins.h"
#include "loader/log.h"
#include "loader/log_lines.h"
#include "loader/platform.h"
#include "loader/settings/apply.h"

/* Moves the report's lines since MARK to l->remarks. What lies on a disk without a file system that
 * we read is worth telling only when nothing boots. */
static enum status set_aside(struct loader *l, size_t mark)
{
	struct str old = l->remarks, new = report_since(l->report, mark);
	char *both = arena_alloc(&l->arena, old.n + new.n);

	if (both == NULL)
		return fail(l->report, E_NO_MEMORY, "no memory for remarks about disks");
	if (old.n > 0)
		memcpy(both, old.p, old.n);
	if (new.n > 0)
		memcpy(both + old.n, new.p, new.n);
	l->remarks = (struct str){both, old.n + new.n};
	report_rewind(l->report, mark);
	return OK;
}

/* fs_open() or fs_open_quickly() */
typedef enum status open_fn(struct block *, struct volume **);

static enum status open_disk(struct loader *l, struct disk *d, open_fn *open)
{
	struct log_step step;

	log_step(&step, "disk", l->report);
	d->status = open(d->block, &d->volume);
	log_disk(d);
	(void)log_step_end(&step, d->status == E_NOT_FOUND ? OK : d->status);
	/* A failure is reported, and only this disk is left out. */
	return d->status == E_NOT_FOUND ? set_aside(l, step.mark) : OK;
}

/* What the firmware has kept for Partless. */
static enum status recall(const char *name, void *to, size_t room, size_t *bytes)
{
	return platform_get(VENDOR_PARTLESS, name, to, room, bytes);
}

void loader_places_none(struct loader *l)
{
	l->places = (struct places){.recall = recall, .measured = platform_measures() != 0};
}

/* What boot files may refer to: every volume, by its disk's place in the firmware's order. */
static enum status list_places(struct loader *l)
{
	struct place *p = arena_array(&l->arena, l->count, sizeof(*p));
	struct unread *u = arena_array(&l->arena, l->count, sizeof(*u));

	if (p == NULL || u == NULL)
		return fail(l->report, E_NO_MEMORY, "no memory for the list of volumes");
	loader_places_none(l);
	l->places.p = p;
	l->places.unread = u;
	for (unsigned i = 0; i < l->count; i++) {
		const struct disk *d = &l->disks[i];

		if (d->volume != NULL)
			p[l->places.count++] = (struct place){d->volume, d->number, d->partition};
		else
			u[l->places.unread_count++] = (struct unread){d->block, d->status};
	}
	return OK;
}

/* Reads the boot files of one disk. They have memory of their own, so that only they are left out
 * when they need too much. */
static enum status read_config(struct loader *l, struct disk *d, enum config_side side)
{
	size_t mark;
	struct log_step step;
	enum status status;

	log_step(&step, "menu", l->report);
	d->arena.limit = CONFIG_MEMORY;
	status = config_read(d->volume, side, &l->settings, &l->places, &d->arena, l->report,
			     &d->config);
	if (l->count > 1 && report_mark(l->report) > step.mark)
		status = fail_in(l->report, step.mark, status,
				 "boot files on %.*s:", STR_ARG(d->volume->name));
	if (status == OK && (side == SIDE_GUEST || d->config.count > 0))
		log_menu(d->volume, &d->config);
	if (status == OK)
		vol_remarks(d->volume);
	if (status == OK && d->config.unreadable)
		status = E_CORRUPT;
	if (log_step_end(&step, status) == E_NO_MEMORY) {
		d->config = (struct config){.unreadable = true};
		note(l->report, "%.*s: its boot files are left out: they may take %u MiB of memory",
		     STR_ARG(d->volume->name), CONFIG_MEMORY >> 20);
	}
	if (d->config.aside.n == 0)
		return OK;
	mark = report_mark(l->report);
	note(l->report, "%.*s", STR_ARG(d->config.aside));
	return set_aside(l, mark);
}

static enum status open_disks(struct loader *l, open_fn *open)
{
	enum status status = OK;

	order_sort(l->disks, l->count);
	for (unsigned i = 0; i < l->count && status == OK; i++)
		status = open_disk(l, &l->disks[i], open);
	if (status != OK)
		return status;
	host_name_disks(l);
	order_sort(l->disks, l->count);
	return list_places(l);
}

/* True when the host's setting `default` names an entry of the host's own that can boot. */
static bool is_own_named(const struct loader *l)
{
	const struct entry *e = l->settings.said[SET_DEFAULT] ? l->own_config.first : NULL;

	while (e != NULL && (e->problem.n > 0 || !entry_match(e, l->settings.default_glob)))
		e = e->next;
	return e != NULL;
}

bool loader_is_settled(const struct loader *l)
{
	for (unsigned i = 0; i < l->count; i++) {
		if (host_trusts(l, &l->disks[i]) && config_boots(&l->disks[i].config))
			return true;
	}
	return is_own_named(l);
}

/* Appends the boot files MORE to those of C. */
static void add_files(struct config *c, struct boot_file *more)
{
	struct boot_file **end = &c->files;

	while (*end != NULL)
		end = &(*end)->next;
	*end = more;
}

/* Looks for kernels in places where no boot loader looks, on the disks that may boot by themselves
 * and could be read. A disk where that finds none that boots keeps what its boot files said. */
static enum status read_last(struct loader *l)
{
	enum status status = OK;

	for (unsigned i = 0; i < l->count && status == OK; i++) {
		struct disk *d = &l->disks[i];
		struct config before = d->config;

		if (d->volume == NULL || d->config.unreadable || !host_trusts(l, d))
			continue;
		status = read_config(l, d, SIDE_GUEST_LAST);
		add_files(&before, d->config.files);
		before.unreadable = d->config.unreadable;
		if (!config_boots(&d->config))
			d->config = before;
		d->config.files = before.files;
	}
	return status;
}

/* Opens the disks and reads the boot files of every volume. */
static enum status look(struct loader *l, open_fn *open)
{
	enum status status = open_disks(l, open);

	for (unsigned i = 0; i < l->count && status == OK; i++) {
		if (l->disks[i].volume != NULL)
			status = read_config(l, &l->disks[i], SIDE_GUEST);
	}
	return status;
}

/* True when a longer look may help: nothing boots, and a disk has no superblock where it should be.
 */
static bool is_more_to_see(const struct loader *l)
{
	bool passed_over = false;

	for (unsigned i = 0; i < l->count; i++)
		passed_over |= l->disks[i].status == E_NOT_FOUND;
	return passed_over && !loader_is_settled(l);
}

static void close_disks(struct loader *l)
{
	for (unsigned i = 0; i < l->count; i++) {
		vol_close(l->disks[i].volume);
		l->disks[i].volume = NULL;
		l->disks[i].config = (struct config){0};
		arena_free(&l->disks[i].arena);
	}
}

/* At first, a disk without a superblock costs one read. Only when no guest boots, all disks are
 * read again, and such a disk is searched for copies of its superblock and for what else it holds.
 */
static enum status look_everywhere(struct loader *l)
{
	size_t mark = report_mark(l->report);
	unsigned dropped = l->report->dropped;
	enum status status = look(l, fs_open_quickly);

	if (status == OK && is_more_to_see(l)) {
		close_disks(l);
		report_rewind(l->report, mark);
		l->report->dropped = dropped;
		log_forget();
		l->remarks = S("");
		status = look(l, fs_open);
	}
	return status == OK && !loader_is_settled(l) ? read_last(l) : status;
}

/* How many entries there are, on all disks and the host's own. */
static unsigned count_entries(const struct loader *l)
{
	unsigned total = l->own_config.count;

	for (unsigned i = 0; i < l->count; i++)
		total += l->disks[i].config.count;
	return total;
}

/* True when a person may start E, an entry of DISK: always, but under `lockdown` only what could
 * start by itself. */
static bool may_choose(const struct loader *l, const struct entry *e, const struct disk *disk)
{
	return !l->settings.lockdown || (e->problem.n == 0 && host_trusts(l, disk));
}

/* Puts the entries of DISK's boot files into the menu; NULL: the host's own. */
static void append(struct loader *l, const struct disk *disk)
{
	for (struct entry *e = loader_config(l, disk)->first; e != NULL; e = e->next) {
		if (!may_choose(l, e, disk))
			continue;
		if (l->entries_count == MENU_MAX) {
			note(l->report, "more than %d entries on all disks: the rest is left out",
			     MENU_MAX);
			return;
		}
		l->entries[l->entries_count++] = (struct item){.entry = e, .disk = disk};
	}
}

/* The text by which a person or a script knows an entry, and how many bytes of it we added. */
typedef struct str *text_fn(struct entry *, size_t **more);

static struct str *title_of(struct entry *e, size_t **more)
{
	*more = &e->title_more;
	return &e->title;
}

static struct str *id_of(struct entry *e, size_t **more)
{
	*more = &e->id_more;
	return &e->id;
}

/* Appends the name of its disk to each text that entries of two volumes share. */
static enum status set_apart(struct loader *l, text_fn *text)
{
	bool *same = arena_array(&l->arena, l->entries_count, sizeof(*same));
	size_t *more;

	if (same == NULL)
		return fail(l->report, E_NO_MEMORY, "no memory for the menu");
	for (unsigned i = 0; i < l->entries_count; i++) {
		for (unsigned j = 0; j < l->entries_count && !same[i]; j++)
			same[i] = l->entries[i].entry->volume != l->entries[j].entry->volume &&
				  str_eq(*text(l->entries[i].entry, &more),
					 *text(l->entries[j].entry, &more));
	}
	for (unsigned i = 0; i < l->entries_count; i++) {
		struct entry *e = l->entries[i].entry;
		struct str *s = text(e, &more);
		size_t before = s->n;

		if (same[i] &&
		    !str_fmt(&l->arena, s, "%.*s (%.*s)", STR_ARG(*s), STR_ARG(e->volume->name)))
			return fail(l->report, E_NO_MEMORY, "no memory for the menu");
		*more += s->n - before;
	}
	return OK;
}

static enum status make_list(struct loader *l)
{
	unsigned total = count_entries(l);

	l->entries = arena_array(&l->arena, total, sizeof(*l->entries));
	if (l->entries == NULL)
		return fail(l->report, E_NO_MEMORY, "no memory for a menu of %u entries", total);
	for (unsigned i = 0; i < l->count; i++)
		append(l, &l->disks[i]);
	append(l, NULL);
	if (l->settings.lockdown && l->entries_count < total)
		note(l->report,
		     "lockdown (%s) leaves out %u of %u entries, which do not boot by themselves",
		     settings_source_name(l->settings.said[SET_LOCKDOWN]), total - l->entries_count,
		     total);
	return OK;
}

enum status loader_discover(struct loader *l)
{
	enum status status;

	if (l->count == 0)
		note(l->report, "no disk was found: does the guest have one, on a bus that this "
				"firmware knows (of SCSI, targets 0 to 31)?");
	status = look_everywhere(l);
	if (status == OK)
		status = make_list(l);
	if (status != OK)
		return status;
	defaults_choose(l);
	if (l->bootable)
		log_default(l);
	status = host_options(l);
	if (status == OK)
		status = root_complete(l);
	twins_report(l);
	host_report_stray(l);
	if (status == OK)
		status = set_apart(l, title_of);
	return status == OK ? set_apart(l, id_of) : status;
}

void loader_free(struct loader *l)
{
	close_disks(l);
	vol_close(l->own);
	l->own = NULL;
	l->count = 0;
	arena_free(&l->arena);
}
