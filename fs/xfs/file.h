/* The bytes of a file. */
#ifndef FS_XFS_FILE_H
#define FS_XFS_FILE_H

#include "fs/xfs/state.h"

/* extent.c: where block AT of the file, which has extents or a tree of them, lies on the disk, and
 * how many blocks of the file follow it there. E_CORRUPT when they are damaged, E_LIMIT, E_IO;
 * reported. */
enum status xfs_map(struct inodes *, const struct inode *, uint64_t at, struct run *);

/* Reads BYTES bytes from OFFSET of the file or symlink; the caller has checked its size.
 * E_UNSUPPORTED when it lies on the realtime device; else fails as xfs_map() does. */
enum status xfs_content(struct inodes *, const struct inode *, uint64_t offset, void *to,
			size_t bytes);

#endif
