/* XFS. The layers of this folder, each on top of those below it:
 *
 *   xfs.c                a volume, as fs/inodes.h wants it
 *   dir.c                the names in a directory
 *   file.c, extent.c     the bytes of a file or symlink
 *   inode.c              an inode by its number
 *   log/                 what a replay of the log would change
 *   super.c              the superblock and its features
 *   block.c              every read; is a block what was written?
 *   changes.c            what the log changes
 *   state.h, format.h    what all share; the structs of the disk
 */
#ifndef FS_XFS_XFS_H
#define FS_XFS_XFS_H

#include "base/status.h"
#include "fs/volume.h"

struct block;

/* Opens the XFS file system that fills BLOCK, which must outlive the volume. E_NOT_FOUND, not
 * reported, when the magic number is not in its place, and with more EFFORT always: no copy of the
 * superblock is used. E_UNSUPPORTED when the file system needs features that we do not read;
 * E_CORRUPT, E_IO and E_NO_MEMORY; reported. The caller ends with vol_close().
 * docs/filesystems.md lists the features. */
enum status xfs_open(struct block *, enum effort, struct volume **);

#endif
