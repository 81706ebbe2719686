/* The root file system that the options name, or should. */
#include "loader/root.h"

#include "base/fmt.h"
#include "base/glob.h"
#include "base/utf8.h"
#include "config/rootfs.h"
#include "config/text.h"
#include "fs/volume.h"
#include "loader/cmdline.h"

/* The bytes of a disk's name: "/dev/nvme255n1p128". */
#define NAME_BYTES 32

/* What a sentence quotes of the options. */
#define QUOTE_BYTES 80

static const struct disk *disk_of(const struct loader *l, const struct volume *v)
{
	for (unsigned i = 0; i < l->count; i++) {
		if (l->disks[i].volume == v)
			return &l->disks[i];
	}
	return NULL;
}

/* Linux' name for the disk or partition, in BUF; "" where we cannot know it. Disks of one kind are
 * named in the order in which the firmware, and the kernel, find them. */
static struct str device_name(const struct loader *l, const struct disk *d, char *buf)
{
	unsigned before = 0;
	size_t n = 0;

	for (unsigned i = 0; i < l->count; i++) {
		const struct disk *other = &l->disks[i];

		before +=
			other->partition == 0 && other->bus == d->bus && other->number < d->number;
	}
	if (d->bus == BUS_NVME)
		n = fmt(buf, NAME_BYTES, "/dev/nvme%un1%s", before, d->partition ? "p" : "");
	else if (d->bus != BUS_OTHER && before < 26)
		n = fmt(buf, NAME_BYTES, "/dev/%s%c", d->bus == BUS_VIRTIO ? "vd" : "sd",
			(int)('a' + before));
	if (n > 0 && d->partition != 0)
		n += fmt(buf + n, NAME_BYTES - n, "%u", d->partition);
	return (struct str){buf, n};
}

/* True when PATH is what Linux calls a disk or a partition, and no name of LVM or the like. */
static bool is_disk_name(struct str path)
{
	static const char *const kinds[] = {"/dev/vd?*", "/dev/sd?*", "/dev/xvd?*", "/dev/hd?*",
					    "/dev/nvme?n?*"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (glob_match(str_of(kinds[i]), path))
			return true;
	}
	return false;
}

static bool has_uuid(const struct places *places, struct str uuid)
{
	for (unsigned i = 0; i < places->count; i++) {
		if (text_same(str_of(places->p[i].volume->uuid), uuid))
			return true;
	}
	return false;
}

static bool has_label(const struct places *places, struct str label)
{
	for (unsigned i = 0; i < places->count; i++) {
		if (str_eq(places->p[i].volume->label, label))
			return true;
	}
	return false;
}

static bool cut_uuid(struct str *root)
{
	return str_cut_prefix(root, S("UUID=")) || str_cut_prefix(root, S("/dev/disk/by-uuid/"));
}

static bool cut_label(struct str *root)
{
	return str_cut_prefix(root, S("LABEL=")) || str_cut_prefix(root, S("/dev/disk/by-label/"));
}

/* ROOT, the value of root=, names a volume that is here. */
static bool is_here(const struct places *places, struct str root)
{
	if (cut_uuid(&root))
		return has_uuid(places, cmdline_unquote(root));
	return cut_label(&root) && has_label(places, cmdline_unquote(root));
}

/* What the root file system V is, where ROOT, which names no volume that is here, says otherwise;
 * "" when it does not, or when nobody can tell before Linux runs. */
static struct str contradiction(const struct loader *l, const struct volume *v, struct str root,
				char *buf)
{
	const struct disk *d = disk_of(l, v);
	struct str device = d != NULL ? device_name(l, d, buf) : S("");

	if (cut_uuid(&root))
		return str_of(v->uuid);
	if (cut_label(&root))
		return v->label.n > 0 ? v->label : S("without a label");
	if (str_starts(root, S("PARTUUID=")) || str_starts(root, S("PARTLABEL=")))
		return d != NULL && d->partition == 0 ? S("no partition") : S("");
	if (is_disk_name(root) && !str_eq(root, device))
		return device;
	return S("");
}

/* The roots that were told to be wrong: once each, and no more than so many. */
#define TOLD_MAX 16

struct told {
	const struct volume *volume[TOLD_MAX];
	struct str root[TOLD_MAX];
	unsigned count;
};

/* True when it was not told yet, and may be. */
static bool tell(struct told *t, const struct volume *v, struct str root)
{
	for (unsigned i = 0; i < t->count; i++) {
		if (t->volume[i] == v && str_eq(t->root[i], root))
			return false;
	}
	if (t->count == TOLD_MAX)
		return false;
	t->volume[t->count] = v;
	t->root[t->count++] = root;
	return true;
}

static void check_root(struct loader *l, const struct entry *e, const struct volume *v,
		       struct str root, struct told *told)
{
	char buf[NAME_BYTES];
	struct str truth = contradiction(l, v, root, buf);

	if (truth.n == 0 || !tell(told, v, root))
		return;
	note(l->report, "'%.*s' wants root=%.*s, but the root file system on %.*s is %.*s",
	     STR_ARG(utf8_cut(e->title, QUOTE_BYTES)), STR_ARG(utf8_cut(root, QUOTE_BYTES)),
	     STR_ARG(v->name), STR_ARG(truth));
}

static enum status add_root(struct loader *l, struct entry *e, const struct volume *v)
{
	const struct disk *d = disk_of(l, v);
	char buf[NAME_BYTES];
	struct str name = d != NULL ? device_name(l, d, buf) : S(""), root;
	bool by_uuid = v->uuid[0] != '\0' && (e->initrds > 0 || name.n == 0);
	bool said = cmdline_has(e->options, S("ro")) || cmdline_has(e->options, S("rw"));

	if (by_uuid)
		name = str_of(v->uuid);
	if (name.n == 0)
		return OK;
	if (!str_fmt(&l->arena, &root, "root=%s%.*s%s", by_uuid ? "UUID=" : "", STR_ARG(name),
		     said ? "" : " ro") ||
	    !cmdline_add(&l->arena, &e->options, root))
		return fail(l->report, E_NO_MEMORY, "no memory for the options");
	return OK;
}

enum status root_complete(struct loader *l)
{
	struct volume *of = NULL, *root = NULL;
	struct told told = {0};
	enum status status = OK;

	for (unsigned i = 0; i < l->entries_count && status == OK; i++) {
		struct entry *e = l->entries[i];
		struct str value = S("");
		bool said = cmdline_value(e->options, S("root="), &value);

		if (e->kind != ENTRY_LINUX || e->problem.n > 0 ||
		    (said && is_here(&l->places, value)))
			continue;
		if (e->volume != of)
			root = rootfs_find(e->volume, &l->places);
		of = e->volume;
		if (root == NULL)
			continue;
		if (said)
			check_root(l, e, root, value, &told);
		else
			status = add_root(l, e, root);
	}
	return status;
}
