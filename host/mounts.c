/* Will Linux mount its root? */
#include "host/mounts.h"

#include "config/image/rootfs.h"
#include "config/lines/text.h"
#include "fs/volume.h"
#include "loader/disks/linux_name.h"
#include "loader/disks/twins.h"

static const struct volume *by_linux_name(const struct loader *l, struct str name)
{
	for (unsigned i = 0; i < l->count; i++) {
		char buf[LINUX_NAME_BYTES];

		if (str_eq(linux_name(&l->disks[i], buf), name))
			return l->disks[i].volume;
	}
	return NULL;
}

static const struct volume *root_of(const struct loader *l, const struct entry *e)
{
	const struct disk *two[2] = {NULL, NULL};
	struct str root, name;
	enum cmdline_by by = BY_PARTITION;

	if (cmdline_value(e->options, S("root="), &root))
		by = cmdline_names(root, &name);
	if (by == BY_PARTITION)
		return rootfs_find(e->volume, &l->places, NULL);
	if (by == BY_OTHER)
		return by_linux_name(l, root);
	(void)twins_find(l, by, name, two);
	return two[0] != NULL ? two[0]->volume : NULL;
}

const struct volume *mounts_not(const struct loader *l, const struct entry *e)
{
	const struct volume *root = e->kind == ENTRY_LINUX ? root_of(l, e) : NULL;
	struct str flags = S("");

	/* Linux takes a copy where it is told which: sb=N. */
	(void)cmdline_value(e->options, S("rootflags="), &flags);
	return root != NULL && root->by_copy && text_find(flags, S("sb=")) == flags.n ? root : NULL;
}
