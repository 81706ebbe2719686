/* Where the log begins and ends. */
#ifndef FS_XFS_LOG_HEAD_H
#define FS_XFS_LOG_HEAD_H

#include "fs/xfs/log/record.h"

/* Finds log.head and log.tail; *CLEAN when the file system was unmounted, or the log was never
 * written. *FAULT says why they cannot be found, in words; NULL: they were. E_IO, E_LIMIT;
 * reported. */
enum status log_find_ends(struct log *, bool *clean, const char **fault);

#endif
