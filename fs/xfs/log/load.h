/* The log of a file system that was not unmounted is put in use. */
#ifndef FS_XFS_LOG_LOAD_H
#define FS_XFS_LOG_LOAD_H

#include "fs/xfs/state.h"

/* When the file system was not unmounted, fills fs->changes and fs->unfinished from its log. OK,
 * with a remark, when the log cannot be used: then there are no changes. Reads some 20 sectors
 * where it was unmounted. E_IO, E_NO_MEMORY; reported. */
enum status xfs_log_load(struct xfs *);

#endif
