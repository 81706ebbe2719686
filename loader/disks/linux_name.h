/* What Linux calls a disk. */
#ifndef LOADER_DISKS_LINUX_NAME_H
#define LOADER_DISKS_LINUX_NAME_H

#include "loader/loader.h"

/* Bytes of the longest name: "/dev/nvme255n1p128". */
#define LINUX_NAME_BYTES 32

/* Linux' name for the disk or partition, in BUF of LINUX_NAME_BYTES; "" where we cannot know it.
 * d->linux_sure tells whether another disk may have it after all. */
struct str linux_name(const struct disk *, char *buf);

/* True when PATH is what Linux calls a disk or a partition, and no name of LVM or the like. */
bool linux_names(struct str path);

#endif
