/* The blocks of an ext file system: every read of it passes through ext_read(). */
#include "fs/ext_impl.h"

enum status ext_read(struct ext *fs, uint64_t offset, void *to, size_t bytes)
{
	return block_read(fs->disk, offset, to, bytes);
}

enum status ext_cached(struct ext *fs, uint64_t block, struct cache_slot **found)
{
	struct cache_slot *slot = cache_slot(&fs->cache, block);

	if (slot->used == 0) {
		enum status status = ext_read(fs, block << fs->super.block_bits, slot->data,
					      fs->super.block_size);
		if (status != OK)
			return status;
		cache_filled(&fs->cache, slot, block);
	}
	*found = slot;
	return OK;
}

bool ext_blocks_valid(const struct ext *fs, uint64_t block, uint64_t count)
{
	return block > fs->super.first_data_block && block < fs->super.blocks &&
	       count <= fs->super.blocks - block;
}
