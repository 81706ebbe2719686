/* The inode tables: where each group of blocks keeps its inodes. Its descriptor says so. */
#include "fs/ext/inode_table.h"

#include "fs/ext/block.h"
#include "fs/ext/checksum.h"

static bool is_power_of(uint32_t n, uint32_t base)
{
	while (n > 1 && n % base == 0)
		n /= base;
	return n == 1;
}

/* True when the group begins with a copy of the superblock. */
static bool has_super(const struct ext_super *s, uint32_t group)
{
	if (group == 0)
		return true;
	if (s->compat & EXT4_COMPAT_SPARSE_SUPER2)
		return group == s->backup_bgs[0] || group == s->backup_bgs[1];
	if (group == 1 || !(s->ro_compat & EXT4_RO_COMPAT_SPARSE_SUPER))
		return true;
	return is_power_of(group, 3) || is_power_of(group, 5) || is_power_of(group, 7);
}

/* The block of the file system that holds block N of the group descriptors. */
static uint64_t desc_block(const struct ext_super *s, uint32_t n)
{
	uint32_t group = n * (s->block_size / s->desc_size);

	/* Group 0 has its superblock 1024 bytes from the start: in block 1 when blocks have 1 KiB,
	 * even if the group begins with block 0 (bigalloc). */
	if (!(s->incompat & EXT4_INCOMPAT_META_BG) || n < s->first_meta_bg)
		return s->super_block + 1 + n;
	if (group == 0)
		return (EXT4_SUPER_OFFSET >> s->block_bits) + 1;
	return s->first_data_block + (uint64_t)group * s->blocks_per_group + has_super(s, group);
}

/* Finds the first block of the inode table of GROUP. */
static enum status table_of(struct ext *fs, uint32_t group, uint64_t *block)
{
	const struct ext_super *s = &fs->super;
	uint32_t per_block = s->block_size / s->desc_size;
	uint64_t at = desc_block(s, group / per_block), table;
	uint64_t table_bytes = (uint64_t)s->inodes_per_group * s->inode_size;
	uint64_t table_blocks = ((table_bytes - 1) >> s->block_bits) + 1;
	const struct ext4_group_desc *raw;
	struct cache_slot *slot;
	enum status status;

	if (!ext_blocks_valid(fs, at, 1))
		return fail(fs->base.vol.report, E_CORRUPT,
			    "the descriptor of group %u would lie outside the file system", group);
	status = inodes_cached(&fs->base, at, &slot);
	if (status != OK)
		return status;
	raw = (const void *)(slot->data + (size_t)(group % per_block) * s->desc_size);
	if (!ext_checksum_group(fs, group, (const uint8_t *)raw))
		return fail(fs->base.vol.report, E_CORRUPT,
			    "the descriptor of group %u has a wrong checksum", group);
	table = join32(get_le32(raw->bg_inode_table_lo),
		       s->desc_size >= EXT4_DESC_SIZE_64BIT ? get_le32(raw->bg_inode_table_hi) : 0);
	if (!ext_blocks_valid(fs, table, table_blocks))
		return fail(fs->base.vol.report, E_CORRUPT,
			    "group %u has its inodes at block %lu, outside the file system", group,
			    (unsigned long)table);
	*block = table;
	return OK;
}

enum status ext_inode_raw(struct ext *fs, uint32_t number, const uint8_t **raw)
{
	const struct ext_super *s = &fs->super;
	uint32_t index = (number - 1) % s->inodes_per_group;
	uint64_t at = (uint64_t)index * s->inode_size, table = 0;
	const struct ext_change *change = ext_change_find(&fs->changes, number);
	struct cache_slot *slot;
	enum status status;

	if (change != NULL && change->raw != NULL) {
		*raw = change->raw;
		return OK;
	}
	status = table_of(fs, (number - 1) / s->inodes_per_group, &table);
	if (status != OK)
		return status;
	status = inodes_cached(&fs->base, table + (at >> s->block_bits), &slot);
	if (status != OK)
		return status;
	*raw = slot->data + (at & (s->block_size - 1));
	return OK;
}
