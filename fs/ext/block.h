/* Blocks as a replay of the journal would leave them, and what reading them may cost. */
#ifndef FS_EXT_BLOCK_H
#define FS_EXT_BLOCK_H

#include "fs/ext/state.h"

/* What one volume may cost from open to close, so that no disk keeps the loader busy for minutes. A
 * request costs as many units as it has bytes, COST_REQUEST at least; a step without a request
 * costs COST_STEP, a revoke record COST_REVOKE, and a change of a fast commit that is passed over
 * COST_CHANGE. */
#define COST_MAX     ((uint64_t)16 << 30)
#define COST_REQUEST (64u * 1024)
#define COST_STEP    1024u
#define COST_REVOKE  512u
#define COST_CHANGE  16u

/* Reads BYTES bytes at OFFSET of the file system, from the journal where that has a newer copy.
 * Every read goes through here. E_IO, E_CORRUPT when the range is not on the disk, E_LIMIT when the
 * volume has cost too much; reported. */
enum status ext_read(struct ext *, uint64_t offset, void *to, size_t bytes);

/* Adds COST to what the volume has cost. E_LIMIT, reported, beyond COST_MAX. */
enum status ext_spend(struct ext *, uint64_t cost);

/* Reads BLOCK through the cache. The slot's data lives until the next call. Fails as
 * ext_read() does. */
enum status ext_cached(struct ext *, uint64_t block, struct cache_slot **);

/* True when the COUNT > 0 blocks from BLOCK on lie where those of a file may lie. */
bool ext_blocks_valid(const struct ext *, uint64_t block, uint64_t count);

#endif
