/* Applies the host's settings to the disks and to the menu. */
#include "loader/settings/apply.h"

#include "base/utf8.h"
#include "fs/block.h"
#include "fs/volume.h"
#include "loader/cmdline.h"
#include "loader/disks/find.h"
#include "loader/disks/linux_name.h"

/* The most bytes of a title that a sentence quotes. */
#define QUOTE_BYTES 80

/* The most disks that are listed when none has the name that was wanted. */
#define LIST_MAX 16

static bool has_uuid(const struct disk *d, struct str uuid)
{
	return disk_has_name(d, BY_UUID, uuid);
}

static bool has_label(const struct disk *d, struct str label)
{
	return disk_has_name(d, BY_LABEL, label);
}

static bool has_serial(const struct disk *d, struct str serial)
{
	return str_eq(d->serial, serial);
}

static bool has_index(const struct disk *d, struct str index)
{
	uint64_t n;

	return str_u64(index, &n) && n == (uint64_t)d->number + 1;
}

static const struct {
	struct str prefix;
	bool (*fits)(const struct disk *, struct str name);
} kinds[] = {
	{S("UUID="), has_uuid}, /* of a file system, */
	{S("LABEL="), has_label},
	{S("SERIAL="), has_serial}, /* and of a disk */
	{S("INDEX="), has_index},
};

#define KINDS            (sizeof(kinds) / sizeof(*kinds))
#define KINDS_OF_VOLUMES 2

/* Marks the disks that NAME fits, as a name of this kind; false when there are none. */
static bool mark(struct loader *l, unsigned kind, struct str name)
{
	bool found = false;

	for (unsigned i = 0; name.n > 0 && i < l->count; i++) {
		l->disks[i].named = kinds[kind].fits(&l->disks[i], name);
		found |= l->disks[i].named;
	}
	return found;
}

/* Returns the kind of name that fitted, KINDS when none did. */
static unsigned mark_any(struct loader *l, struct str name)
{
	unsigned i = 0;

	while (i < KINDS && !str_cut_prefix(&name, kinds[i].prefix))
		i++;
	if (i < KINDS)
		return mark(l, i, name) ? i : KINDS;
	for (i = 0; i < KINDS && !mark(l, i, name); i++)
		;
	return i;
}

/* Reports a name that fits two disks. A serial number or an index is a name OF_DISK, which all
 * partitions of one disk share. */
static void report_ambiguous(struct loader *l, bool of_disk)
{
	const struct settings *s = &l->settings;
	const struct disk *first = NULL;

	for (unsigned i = 0; i < l->count; i++) {
		const struct disk *d = &l->disks[i];

		if (!d->named)
			continue;
		if (first != NULL && (!of_disk || d->number != first->number)) {
			note(l->report,
			     "the host names the disk '%.*s' (%s), and %.*s and %.*s both have "
			     "that name: say disk=INDEX=%u or disk=INDEX=%u",
			     STR_ARG(s->disk), settings_source_name(s->said[SET_DISK]),
			     STR_ARG(first->block->name), STR_ARG(d->block->name),
			     first->number + 1, d->number + 1);
			return;
		}
		first = first != NULL ? first : d;
	}
}

/* Why NAME fits no disk; "" when we cannot tell. A text that cannot be a name is explained here
 * instead of being refused earlier: without the setting, any disk would boot by itself. */
static const char *hint(const struct loader *l, struct str name)
{
	bool serial = str_cut_prefix(&name, S("SERIAL="));
	uint64_t n;

	if (name.n == 0 || str_eq(name, S("UUID=")) || str_eq(name, S("LABEL=")))
		return " (the name is empty)";
	if (linux_names(name))
		return " (what Linux calls a disk is not known here: say INDEX=N)";
	if (str_cut_prefix(&name, S("INDEX=")))
		return str_u64(name, &n) && n > 0 ? "" : " (an index is a number from 1)";
	if (!serial && (str_starts(name, S("UUID=")) || str_starts(name, S("LABEL="))))
		return "";
	for (unsigned i = 0; i < l->count; i++) {
		if (l->disks[i].bus == BUS_VIRTIO && l->disks[i].serial.n == 0)
			return " (the serial number of a virtio-blk disk cannot be seen)";
	}
	return "";
}

static void list_disk(struct loader *l, const struct disk *d)
{
	struct str label = d->volume != NULL ? d->volume->label : S("");
	struct str uuid = d->volume != NULL ? str_of(d->volume->uuid) : S("");

	note(l->report, "  %.*s: INDEX=%u%s%.*s%s%.*s%s%.*s", STR_ARG(d->block->name),
	     d->number + 1, d->serial.n > 0 ? " SERIAL=" : "", STR_ARG(d->serial),
	     label.n > 0 ? " LABEL=" : "", STR_ARG(label), uuid.n > 0 ? " UUID=" : "",
	     STR_ARG(uuid));
}

void host_name_disks(struct loader *l)
{
	const struct settings *s = &l->settings;
	unsigned kind = s->said[SET_DISK] ? mark_any(l, s->disk) : 0;

	if (!s->said[SET_DISK])
		return;
	if (kind < KINDS) {
		report_ambiguous(l, kind >= KINDS_OF_VOLUMES);
		return;
	}
	note(l->report,
	     "the host's disk=%.*s (%s) matches no disk%s; Partless boots no other by itself",
	     STR_ARG(s->disk), settings_source_name(s->said[SET_DISK]), hint(l, s->disk));
	for (unsigned i = 0; i < l->count && i < LIST_MAX; i++)
		list_disk(l, &l->disks[i]);
}

void host_report_stray(struct loader *l)
{
	for (unsigned i = 0; l->settings.said[SET_DISK] && i < l->count; i++) {
		const struct disk *d = &l->disks[i];

		for (const struct entry *e = d->config.first; d->named && e != NULL; e = e->next) {
			const struct disk *other = find_disk(l, e->volume);

			if (other == NULL || other->named || other->number == d->number)
				continue;
			note(l->report,
			     "'%.*s' of %.*s has its kernel on %.*s, which the host does not name",
			     STR_ARG(utf8_cut(e->title, QUOTE_BYTES)), STR_ARG(d->block->name),
			     STR_ARG(other->block->name));
			return;
		}
	}
}

bool host_trusts(const struct loader *l, const struct disk *d)
{
	return d == NULL || d->named || !l->settings.said[SET_DISK];
}

enum status host_options(struct loader *l)
{
	const struct settings *s = &l->settings;
	struct str more = s->options_append;

	for (unsigned i = 0; i < l->entries_count; i++) {
		struct entry *e = l->entries[i].entry;

		if (e->kind != ENTRY_LINUX)
			continue;
		e->host_options = more.n;
		if (s->said[SET_OPTIONS_REPLACE] && e->volume != l->own) {
			e->options = s->options_replace;
			e->host_options += e->options.n;
		}
		if (more.n > 0 && !cmdline_add(&l->arena, &e->options, more))
			return fail(l->report, E_NO_MEMORY, "no memory for the host's options");
	}
	return OK;
}
