/* Which disk is meant: by what is on it, or by a name. */
#ifndef LOADER_DISKS_FIND_H
#define LOADER_DISKS_FIND_H

#include "loader/cmdline.h"
#include "loader/loader.h"

/* The disk or partition that VOLUME was opened from; NULL for any other volume. */
const struct disk *find_disk(const struct loader *, const struct volume *);

/* The disk or partition that Linux calls NAME, as far as linux_name() tells; NULL when there is
 * none. */
const struct disk *find_disk_by_linux_name(const struct loader *, struct str name);

/* True when the file system on the disk has this UUID or label. Nothing has an empty one, nor a
 * name of another kind. */
bool disk_has_name(const struct disk *, enum cmdline_by, struct str name);

/* The first disk or partition whose file system has this UUID or label; NULL when there is none. */
const struct disk *find_disk_by_name(const struct loader *, enum cmdline_by, struct str name);

/* The first two disks or partitions whose file systems have this UUID or label; false when there
 * are no two, and TWO is then not to be used. */
bool find_two_disks(const struct loader *, enum cmdline_by, struct str name,
		    const struct disk *two[2]);

#endif
