/* The superblock and its features. */
#ifndef FS_XFS_SUPER_H
#define FS_XFS_SUPER_H

#include "fs/xfs/state.h"

/* Reads and checks the superblock. Fails as xfs_open() does. */
enum status xfs_super_read(struct xfs *);

#endif
