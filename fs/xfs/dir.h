/* A directory, read from front to back. */
#ifndef FS_XFS_DIR_H
#define FS_XFS_DIR_H

#include "fs/xfs/state.h"

/* The number of the inode that NAME has in the directory, 0 when it is not there. With ascii-ci a
 * name that differs in upper and lower case does when the exact one is not there. E_CORRUPT when
 * the directory is damaged, E_NO_MEMORY, E_IO, E_LIMIT; reported. */
enum status xfs_dir_find(struct inodes *, const struct inode *, struct str name, uint64_t *number);

/* Calls inodes_listed() for each name. Fails as that does, and as xfs_dir_find(). */
enum status xfs_dir_list(struct inodes *, const struct inode *, dir_fn *, void *context);

#endif
