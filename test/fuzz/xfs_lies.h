/* Lies about XFS: which fields of its structures and of its log a lie changes. */
#ifndef TEST_FUZZ_XFS_LIES_H
#define TEST_FUZZ_XFS_LIES_H

#include "test/fuzz/lies.h"
#include "test/fuzz/xfs_disk.h"

/* Tells one lie of the disk, which is sealed when all are told. */
void xfs_tell(struct xfs_disk *, const struct lie *);

#endif
