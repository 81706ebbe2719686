/* Will Linux mount its root? The loader reads file systems that Linux refuses. */
#ifndef HOST_MOUNTS_H
#define HOST_MOUNTS_H

#include "loader/loader.h"

/* The root file system of entry E, of the loader's menu, where it is one of the disks and Linux
 * does not mount it as it is: its superblock is damaged, and the loader uses a copy. NULL when that
 * is not so, or nobody can tell which it is. */
const struct volume *mounts_not(const struct loader *, const struct entry *e);

#endif
