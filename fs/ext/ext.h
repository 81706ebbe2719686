/* ext2, ext3 and ext4. The layers of this folder, each on top of those below it:
 *
 *   ext.c                                       a volume, as fs/inodes.h wants it
 *   lookup.c, htree.c, hash.c, dir.c, fold.c    a name in a directory
 *   file.c, extent.c, indirect.c                bytes of a file
 *   inode.c, inline.c, inode_table.c            an inode by its number, and data that lies in it
 *   journal/                                    blocks as a replay of the journal would leave them:
 *     load.c, scan.c, super.c, fast.c             reads the log
 *     map.c, checksum.c                           where the copies lie; are they what was written?
 *   checksum.c                                  is a block what was written?
 *   super.c, backup.c, features.c               the superblock, or a copy of it
 *   block.c                                     every read
 *   state.h, format.h                           what all share; the structs of the disk
 */
#ifndef FS_EXT_EXT_H
#define FS_EXT_EXT_H

#include "base/status.h"
#include "fs/volume.h"

struct block;

/* Opens the ext2, ext3 or ext4 file system that fills BLOCK, which must outlive the volume.
 * E_NOT_FOUND, not reported, when the magic number is not in its place, or with more EFFORT when no
 * copy of the superblock leads to a root directory; E_UNSUPPORTED when the file system needs
 * features that we do not read, each named in the report; E_CORRUPT, E_IO and E_NO_MEMORY,
 * reported. The caller ends with vol_close(). docs/filesystems.md lists the features. */
enum status ext_open(struct block *, enum effort, struct volume **);

#endif
