/* The block trees of ext2 and ext3: from a file's block to the run of disk blocks that holds it. */
#include "fs/ext/block.h"
#include "fs/ext/file.h"

#define DEPTH_MAX 3

/* The run that the first of N > 0 neighbouring pointers begins. */
static enum status run_of(struct ext *fs, const struct ext_inode *inode, const le32 *p, uint64_t n,
			  struct run *run)
{
	uint64_t first = get_le32(p[0]), count = 1;

	while (count < n && get_le32(p[count]) == (first == 0 ? 0 : first + count))
		count++;
	if (first != 0 && !ext_blocks_valid(fs, first, count))
		return fail(fs->base.vol.report, E_CORRUPT,
			    "inode %lu has blocks from %lu on, outside the file system",
			    (unsigned long)inode->base.number, (unsigned long)first);
	*run = (struct run){first, count};
	return OK;
}

/* Finds block AT of the tree of DEPTH levels that covers SPAN blocks and whose root is ROOT. */
static enum status descend(struct ext *fs, const struct ext_inode *inode, uint32_t root,
			   unsigned depth, uint64_t span, uint64_t at, struct run *run)
{
	uint64_t per_block = fs->super.block_size / sizeof(le32);
	struct cache_slot *slot;
	enum status status;

	for (;; depth--) {
		const le32 *pointers;
		uint64_t i;

		if (root == 0) {
			*run = (struct run){0, span - at};
			return OK;
		}
		if (!ext_blocks_valid(fs, root, 1))
			return fail(
				fs->base.vol.report, E_CORRUPT,
				"inode %lu has an indirect block at %u, outside the file system",
				(unsigned long)inode->base.number, root);
		status = inodes_cached(&fs->base, root, &slot);
		if (status != OK)
			return status;
		pointers = (const le32 *)slot->data;
		span /= per_block;
		i = at / span;
		at %= span;
		if (depth == 1)
			return run_of(fs, inode, pointers + i, per_block - i, run);
		root = get_le32(pointers[i]);
	}
}

enum status ext_map_indirect(struct ext *fs, const struct ext_inode *inode, uint64_t at,
			     struct run *run)
{
	const le32 *pointers = (const le32 *)inode->i_block;
	uint64_t per_block = fs->super.block_size / sizeof(le32), span = 1;

	if (at < EXT4_NDIR_BLOCKS)
		return run_of(fs, inode, pointers + at, EXT4_NDIR_BLOCKS - at, run);
	at -= EXT4_NDIR_BLOCKS;
	for (unsigned depth = 1; depth <= DEPTH_MAX; depth++) {
		span *= per_block;
		if (at < span)
			return descend(fs, inode, get_le32(pointers[EXT4_NDIR_BLOCKS + depth - 1]),
				       depth, span, at, run);
		at -= span;
	}
	return fail(fs->base.vol.report, E_CORRUPT,
		    "inode %lu is damaged: its size, %lu bytes, is more than its blocks can hold",
		    (unsigned long)inode->base.number, (unsigned long)inode->base.size);
}
