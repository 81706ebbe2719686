/* The bytes of files and symlinks: in blocks, or in the inode itself. */
#include "fs/ext/file.h"

#include "base/mem.h"
#include "fs/ext/block.h"
#include "fs/ext/inline.h"
#include "fs/ext/inode.h"

/* Makes *RUN, where block AT lies on the disk, what fast commits say of it. */
static enum status map_moved(struct ext *fs, const struct ext_moved *m, uint64_t at,
			     struct run *run)
{
	uint64_t most = UINT64_MAX, into, steps = 0;

	for (; m != NULL && (at < m->at || at - m->at >= m->count); m = m->older, steps++) {
		if (at < m->at && m->at - at < most)
			most = m->at - at;
	}
	if (m != NULL) {
		into = at - m->at;
		run->block = m->block != 0 ? m->block + into : 0;
		run->count = m->count - into;
	}
	if (run->count > most)
		run->count = most;
	return inodes_spend(&fs->base, steps * COST_CHANGE);
}

enum status ext_map(struct ext *fs, const struct ext_inode *inode, uint64_t at, struct run *run)
{
	const struct ext_change *change =
		ext_change_find(&fs->changes, (uint32_t)inode->base.number);
	enum status status = inode->flags & EXT4_EXTENTS_FL ? ext_map_extents(fs, inode, at, run)
							    : ext_map_indirect(fs, inode, at, run);

	return status == OK && change != NULL ? map_moved(fs, change->moved, at, run) : status;
}

/* True for a symlink whose target lies in i_block. */
static bool is_fast(const struct ext_inode *inode)
{
	return inode->base.type == FILE_SYMLINK && inode->base.size < EXT4_I_BLOCK_SIZE &&
	       !(inode->flags & (EXT4_EXTENTS_FL | EXT4_INLINE_DATA_FL));
}

enum status ext_file_read(struct ext *fs, const struct ext_inode *inode, uint64_t offset, void *to,
			  size_t bytes)
{
	enum status status = ext_inode_check_key(fs, inode);

	if (status != OK)
		return status;
	if (is_fast(inode)) {
		memcpy(to, inode->i_block + offset, bytes);
		return OK;
	}
	if (inode->flags & EXT4_INLINE_DATA_FL)
		return ext_inline_read(fs, inode, offset, to, bytes);
	return inodes_read_runs(&fs->base, &inode->base, offset, to, bytes);
}
