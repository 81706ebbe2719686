/* An inode by its number. */
#ifndef FS_XFS_INODE_H
#define FS_XFS_INODE_H

#include "fs/xfs/state.h"

/* Reads, checks and decodes inode NUMBER. E_CORRUPT, reported, also when no file can have it; E_IO,
 * E_LIMIT. */
enum status xfs_inode_get(struct xfs *, uint64_t number, struct xfs_inode *);

#endif
