/* Blocks as a replay of the journal would leave them, and what reading them may cost. */
#ifndef FS_EXT_BLOCK_H
#define FS_EXT_BLOCK_H

#include "fs/ext/state.h"

/* In units of what one volume may cost (fs/inodes.h): a revoke record, and a change of a fast
 * commit that is passed over. */
#define COST_REVOKE 512u
#define COST_CHANGE 16u

/* Reads BYTES bytes at OFFSET of the file system, from the journal where that has a newer copy.
 * Every read goes through here. E_IO, E_CORRUPT when the range is not on the disk, E_LIMIT when the
 * volume has cost too much; reported. */
enum status ext_read(struct ext *, uint64_t offset, void *to, size_t bytes);

/* True when the COUNT > 0 blocks from BLOCK on lie where those of a file may lie. */
bool ext_blocks_valid(const struct ext *, uint64_t block, uint64_t count);

#endif
