/* The root file system that the options name, or should. */
#include "loader/disks/root.h"

#include "base/fmt.h"
#include "base/utf8.h"
#include "config/image/rootfs.h"
#include "config/lines/text.h"
#include "fs/block.h"
#include "fs/volume.h"
#include "loader/cmdline.h"
#include "loader/disks/find.h"
#include "loader/disks/linux_name.h"
#include "loader/settings/apply.h"

/* The most bytes that a sentence quotes of a title or of the options. */
#define QUOTE_BYTES 80

/* The most bytes of what report_root() says of a root=. */
#define SAYS_BYTES 400

/* True when ROOT, the value of root=, names a volume that is here. */
static bool is_here(const struct loader *l, struct str root)
{
	enum cmdline_by by = cmdline_names(root, &root);

	return find_disk_by_name(l, by, root) != NULL;
}

/* True when ROOT names nothing, because a variable of the menu's script was empty. */
static bool is_empty(struct str root)
{
	(void)cmdline_names(root, &root);
	return root.n == 0 ||
	       (str_starts(root, S("/dev/")) && (str_ends(root, S("/")) || str_ends(root, S("-"))));
}

/* True when ROOT names a volume, or a disk on virtio-blk, that is not here. Never for other names,
 * because the initrd may give them to a disk before Linux looks for its root. */
static bool is_nowhere(const struct loader *l, struct str root)
{
	struct str name;
	enum cmdline_by by = cmdline_names(root, &name);

	if (by == BY_UUID || by == BY_LABEL)
		return name.n > 0 && !is_here(l, root);
	if (by != BY_OTHER || !str_starts(root, S("/dev/vd")) || is_empty(root))
		return false;
	return find_disk_by_linux_name(l, root) == NULL;
}

bool root_may_be_unread(const struct loader *l, const struct entry *e, struct str *root,
			struct rootfs_doubt *doubt)
{
	return e->kind == ENTRY_LINUX && cmdline_value(e->options, S("root="), root) &&
	       is_nowhere(l, *root) && rootfs_find(e->volume, &l->places, NULL) == NULL &&
	       rootfs_unread(&l->places, doubt);
}

/* True when the root= of E comes from the host, by its setting *ID; false when it is the guest's
 * own. */
static bool is_hosts(const struct loader *l, const struct entry *e, enum setting_id *id)
{
	const struct settings *s = &l->settings;
	struct str value;

	*id = SET_OPTIONS_APPEND;
	if (cmdline_value(s->options_append, S("root="), &value))
		return true;
	*id = SET_OPTIONS_REPLACE;
	return s->said[SET_OPTIONS_REPLACE] && e->volume != l->own;
}

/* Reports that the root= of E, which is ROOT, is as FMT and what follows it say. */
static void report_root(struct loader *l, const struct entry *e, struct str root, const char *f,
			...) __attribute__((format(printf, 4, 5)));

static void report_root(struct loader *l, const struct entry *e, struct str root, const char *f,
			...)
{
	char says[SAYS_BYTES], buf[ENTRY_LINE_BYTES], by[64] = "";
	struct str line = entry_line(e, buf);
	enum setting_id id;
	va_list args;
	size_t n;

	va_start(args, f);
	n = fmt_va(says, sizeof(says), f, args);
	va_end(args);
	if (is_hosts(l, e, &id))
		(void)fmt(by, sizeof(by) - 1, " by the host's %s (%s)", setting_name(id),
			  settings_source_name(l->settings.said[id]));
	note(l->report, "'%.*s' (%.*s%.*s on %.*s) has root=%.*s%s%.*s",
	     STR_ARG(utf8_cut(e->title, QUOTE_BYTES)), STR_ARG(e->from), STR_ARG(line),
	     STR_ARG(e->menu->name), STR_ARG(utf8_cut(root, QUOTE_BYTES)), by,
	     (int)(n < sizeof(says) ? n : sizeof(says)), says);
}

/* ROOT names no volume that is here, and V is the root file system. If ROOT cannot mean V, returns
 * what V is called instead, in the manner of ROOT: UUID, label or device; *KIND goes before it. ""
 * when ROOT may mean V, or when nobody can tell before Linux runs. */
static struct str contradiction(const struct loader *l, const struct volume *v, struct str root,
				char *buf, const char **kind)
{
	const struct disk *d = find_disk(l, v);
	struct str device = d != NULL ? linux_name(d, buf) : S("");

	switch (cmdline_names(root, &root)) {
	case BY_UUID:
		*kind = "UUID=";
		return str_of(v->uuid);
	case BY_LABEL:
		*kind = v->label.n > 0 ? "LABEL=" : "";
		return v->label.n > 0 ? v->label : S("without a label");
	case BY_PARTITION:
		return d != NULL && d->partition == 0 ? S("no partition") : S("");
	default:
		return linux_names(root) && !str_eq(root, device) ? device : S("");
	}
}

/* What was reported about roots, so that it is reported once; at most so many. */
#define TOLD_MAX 16

struct told {
	const struct volume *volume[TOLD_MAX];
	struct str root[TOLD_MAX];
	unsigned count;
};

/* Notes that it is reported. False when it was before, or nothing more can be noted. */
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

/* Reports a ROOT that names nothing here. V is the root file system as far as we know; NULL: none
 * is known. Says nothing when the host's options are meant for the disk that it named and this
 * entry is on another, where a person starts it. */
static void check_root(struct loader *l, const struct item *item, const struct volume *v,
		       struct str root, struct told *told)
{
	const struct entry *e = item->entry;
	char buf[LINUX_NAME_BYTES];
	const char *kind = "";
	struct rootfs_doubt doubt;
	enum setting_id id;
	struct str truth = v != NULL ? contradiction(l, v, root, buf, &kind) : S("");

	if ((v != NULL ? truth.n == 0 : !is_nowhere(l, root)) ||
	    (!host_trusts(l, item->disk) && is_hosts(l, e, &id)))
		return;
	if (v != NULL && tell(told, v, root))
		report_root(l, e, root,
			    ", but the root file system on %.*s is %s%.*s; correct root=, or "
			    "attach the disk that it means",
			    STR_ARG(v->name), kind, STR_ARG(truth));
	if (v == NULL && !rootfs_unread(&l->places, &doubt) && tell(told, e->volume, root))
		report_root(l, e, root,
			    ", which no disk here has: attach the root disk, or correct root=");
}

/* Reports that no root= was added, because more than one device may have the root, or one that
 * could not be read. */
static void report_doubt(struct loader *l, const struct entry *e, struct rootfs_doubt *doubt,
			 struct told *told)
{
	struct str title = utf8_cut(e->title, QUOTE_BYTES);

	if ((doubt->one == NULL && doubt->unread == NULL && !rootfs_unread(&l->places, doubt)) ||
	    !tell(told, e->volume, S("no root=")))
		return;
	if (doubt->unread != NULL)
		note(l->report,
		     "no root= was added to '%.*s': %.*s holds %.*s, which may be the root; name "
		     "the root with root= in the options",
		     STR_ARG(title), STR_ARG(doubt->unread->name), STR_ARG(doubt->holds));
	else
		note(l->report,
		     "no root= was added to '%.*s': %.*s and %.*s both look like the root; name "
		     "the root with root= in the options",
		     STR_ARG(title), STR_ARG(doubt->one->name), STR_ARG(doubt->other->name));
}

/* Adds a root= that names V: by its UUID, which an initrd finds on any bus; by Linux' name for the
 * disk if there is no initrd or no UUID, or if two volumes have that UUID and the name is sure. */
static enum status add_root(struct loader *l, struct entry *e, const struct volume *v,
			    struct told *told)
{
	const struct disk *d = find_disk(l, v), *two[2];
	char buf[LINUX_NAME_BYTES];
	struct str name = d != NULL ? linux_name(d, buf) : S(""), uuid = str_of(v->uuid), root;
	bool twins = find_two_disks(l, BY_UUID, uuid, two);
	bool by_name = name.n > 0 && (e->initrds == 0 || uuid.n == 0 || (d->linux_sure && twins));
	bool said = cmdline_has(e->options, S("ro")) || cmdline_has(e->options, S("rw"));

	if (!by_name)
		name = uuid;
	if (name.n == 0)
		return OK;
	if (!str_fmt(&l->arena, &root, "root=%s%.*s%s", by_name ? "" : "UUID=", STR_ARG(name),
		     said ? "" : " ro") ||
	    !cmdline_add(&l->arena, &e->options, root))
		return fail(l->report, E_NO_MEMORY, "no memory for the options");
	if (by_name && twins && !d->linux_sure && tell(told, v, S("name")))
		note(l->report,
		     "'%.*s' gets root=%.*s, but Linux may give %.*s that name, and %.*s another",
		     STR_ARG(utf8_cut(e->title, QUOTE_BYTES)), STR_ARG(name),
		     STR_ARG(two[two[0] == d]->volume->name), STR_ARG(v->name));
	return OK;
}

enum status root_complete(struct loader *l)
{
	struct volume *of = NULL, *root = NULL;
	struct rootfs_doubt doubt = {0};
	struct told told = {0};
	enum status status = OK;

	for (unsigned i = 0; i < l->entries_count && status == OK; i++) {
		struct entry *e = l->entries[i].entry;
		struct str value = S("");
		bool said = cmdline_value(e->options, S("root="), &value);

		if (e->kind != ENTRY_LINUX || e->problem.n > 0 || (said && is_here(l, value)))
			continue;
		if (said && is_empty(value)) {
			said = false;
			if (tell(&told, e->volume, value))
				report_root(l, e, value,
					    ", which names nothing: Partless adds a root where it "
					    "can tell");
		}
		if (e->volume != of)
			root = rootfs_find(e->volume, &l->places, &doubt);
		of = e->volume;
		if (said)
			check_root(l, &l->entries[i], root, value, &told);
		else if (root != NULL)
			status = add_root(l, e, root, &told);
		else
			report_doubt(l, e, &doubt, &told);
	}
	return status;
}
