/* ext2, ext3 and ext4. The layers of this room, each on top of those below it:
 *
 *   ext.c                                       a volume: what fs/volume.h wants
 *   path.c                                      a path, symlinks followed, to an inode
 *   lookup.c, htree.c, hash.c, dir.c, fold.c    a name in a directory
 *   file.c, extent.c, indirect.c, inline.c      bytes of a file
 *   inode.c, inode_table.c                      an inode by its number
 *   journal/                                    blocks as a replay would have written them
 *   checksum.c                                  is what was read what was written?
 *   super.c, backup.c, features.c               the superblock, or a copy of it
 *   block.c, names.c                            every read, with its caches and its budget
 */
#ifndef FS_EXT_EXT_H
#define FS_EXT_EXT_H

#include <stdbool.h>

#include "base/status.h"

struct block;
struct volume;

/* Opens the ext2, ext3 or ext4 file system that fills BLOCK, which must outlive the volume.
 * E_NOT_FOUND, without a word in the report, when the magic number is not there; E_UNSUPPORTED when
 * it needs a feature that we do not read, each named in the report; E_CORRUPT, E_IO and E_NO_MEMORY
 * as they happen. docs/filesystems.md lists the features. */
enum status ext_open(struct block *, struct volume **);

/* As ext_open(), by a copy of the superblock. For a disk on which ext_open() found a superblock
 * that is DAMAGED, or none at all, and on which nothing else is known to lie: a disk that was
 * formatted anew may keep such copies. What the report holds since MARK is set below a sentence
 * that says which copy is used. E_NOT_FOUND, without a word, when no copy leads to a root
 * directory. */
enum status ext_open_backup(struct block *, bool damaged, size_t mark, struct volume **);

#endif
