/* The log: was the file system unmounted? */
#ifndef FS_XFS_LOG_H
#define FS_XFS_LOG_H

#include "fs/xfs/state.h"

/* Finds where the log ends, and makes a remark when it does not end with the record of an unmount:
 * then it may hold changes that were not written to their places. Reads some 20 sectors. E_IO,
 * E_LIMIT; reported. */
enum status xfs_log_check(struct xfs *);

#endif
