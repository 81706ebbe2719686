/* The superblock and its features. */
#ifndef FS_XFS_SUPER_H
#define FS_XFS_SUPER_H

#include "fs/xfs/state.h"

/* Reads and checks the superblock, whose magic number is known to be there. E_UNSUPPORTED,
 * E_CORRUPT, E_IO, E_NO_MEMORY; reported. */
enum status xfs_super_read(struct xfs *);

#endif
