/* Finds a root that the loader reads and Linux does not mount. */
#include "host/mounts.h"

#include "config/image/rootfs.h"
#include "config/lines/text.h"
#include "fs/volume.h"
#include "loader/disks/find.h"

static const struct volume *root_of(const struct loader *l, const struct entry *e)
{
	const struct disk *d;
	struct str root, name;
	enum cmdline_by by = BY_PARTITION;

	if (cmdline_value(e->options, S("root="), &root))
		by = cmdline_names(root, &name);
	if (by == BY_PARTITION)
		return rootfs_find(e->volume, &l->places, NULL);
	d = by == BY_OTHER ? find_disk_by_linux_name(l, root) : find_disk_by_name(l, by, name);
	return d != NULL ? d->volume : NULL;
}

const struct volume *unmountable_root(const struct loader *l, const struct entry *e)
{
	const struct volume *root = e->kind == ENTRY_LINUX ? root_of(l, e) : NULL;
	struct str flags = S("");

	/* With sb=N Linux mounts by that copy of the superblock. */
	(void)cmdline_value(e->options, S("rootflags="), &flags);
	return root != NULL && root->copy_used.n > 0 && text_find(flags, S("sb=")) == flags.n
		       ? root
		       : NULL;
}
