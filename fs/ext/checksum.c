/* The checksums of the metadata: CRC32C with metadata_csum, CRC16 in the groups of uninit_bg. */
#include "fs/ext/checksum.h"

#include "base/crc.h"
#include "fs/ext/state.h"

static const uint8_t zeros[4];

static bool has_csum(const struct ext *fs)
{
	return fs->super.ro_compat & EXT4_RO_COMPAT_METADATA_CSUM;
}

static uint32_t crc_le32(uint32_t seed, uint32_t n)
{
	const uint8_t bytes[] = {(uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16),
				 (uint8_t)(n >> 24)};

	return crc32c(seed, bytes, sizeof(bytes));
}

bool ext_checksum_super(const struct ext4_super_block *raw)
{
	return !(get_le32(raw->s_feature_ro_compat) & EXT4_RO_COMPAT_METADATA_CSUM) ||
	       crc32c(~0u, raw, offsetof(struct ext4_super_block, s_checksum)) ==
		       get_le32(raw->s_checksum);
}

static uint16_t group_crc16(const struct ext *fs, uint32_t group, const uint8_t *desc)
{
	const size_t at = offsetof(struct ext4_group_desc, bg_checksum), after = at + 2;
	const uint8_t number[] = {(uint8_t)group, (uint8_t)(group >> 8), (uint8_t)(group >> 16),
				  (uint8_t)(group >> 24)};
	uint16_t crc = crc16(0xffff, fs->super.uuid, sizeof(fs->super.uuid));

	crc = crc16(crc, number, sizeof(number));
	crc = crc16(crc, desc, at);
	return crc16(crc, desc + after, fs->super.desc_size - after);
}

static uint16_t group_crc32c(const struct ext *fs, uint32_t group, const uint8_t *desc)
{
	const size_t at = offsetof(struct ext4_group_desc, bg_checksum), after = at + 2;
	uint32_t crc = crc_le32(fs->super.csum_seed, group);

	crc = crc32c(crc, desc, at);
	crc = crc32c(crc, zeros, 2);
	return (uint16_t)crc32c(crc, desc + after, fs->super.desc_size - after);
}

bool ext_checksum_group(const struct ext *fs, uint32_t group, const uint8_t *desc)
{
	uint16_t stored = get_le16(((const struct ext4_group_desc *)desc)->bg_checksum);

	if (has_csum(fs))
		return stored == group_crc32c(fs, group, desc);
	if (fs->super.ro_compat & EXT4_RO_COMPAT_GDT_CSUM)
		return stored == group_crc16(fs, group, desc);
	return true;
}

uint32_t ext_checksum_seed(const struct ext *fs, uint32_t number, const uint8_t *raw)
{
	const struct ext4_inode *inode = (const struct ext4_inode *)raw;

	return crc32c(crc_le32(fs->super.csum_seed, number), &inode->i_generation, 4);
}

bool ext_checksum_inode(const struct ext *fs, const struct ext_inode *inode, const uint8_t *bytes)
{
	const struct ext4_inode *raw = (const struct ext4_inode *)bytes;
	const size_t low = offsetof(struct ext4_inode, i_checksum_lo);
	const size_t high = offsetof(struct ext4_inode, i_checksum_hi);
	const size_t size = fs->super.inode_size, old = EXT4_GOOD_OLD_INODE_SIZE;
	bool has_high = size > old && old + get_le16(raw->i_extra_isize) >= high + 2;
	uint32_t crc = inode->csum_seed;

	if (!has_csum(fs))
		return true;
	crc = crc32c(crc, bytes, low);
	crc = crc32c(crc, zeros, 2);
	if (has_high) {
		crc = crc32c(crc, bytes + low + 2, high - low - 2);
		crc = crc32c(crc, zeros, 2);
		crc = crc32c(crc, bytes + high + 2, size - high - 2);
		return crc == ((uint32_t)get_le16(raw->i_checksum_hi) << 16 |
			       get_le16(raw->i_checksum_lo));
	}
	crc = crc32c(crc, bytes + low + 2, size - low - 2);
	return (uint16_t)crc == get_le16(raw->i_checksum_lo);
}

/* The checksum stands behind the space for eh_max extents. */
bool ext_checksum_extents(const struct ext *fs, const struct ext_inode *inode, const uint8_t *block)
{
	const struct ext4_extent_header *h = (const struct ext4_extent_header *)block;
	size_t at = sizeof(*h) + get_le16(h->eh_max) * sizeof(struct ext4_extent);

	if (!has_csum(fs))
		return true;
	if (at + sizeof(le32) > fs->super.block_size)
		return false;
	return crc32c(inode->csum_seed, block, at) == get_le32(*(const le32 *)(block + at));
}

/* Verifies a node of the hash tree, whose count and limit lie at AT. */
static bool check_index(const struct ext *fs, const struct ext_inode *inode, const uint8_t *block,
			size_t at)
{
	const struct dx_countlimit *c = (const struct dx_countlimit *)(block + at);
	size_t limit = at + get_le16(c->limit) * sizeof(struct dx_entry);
	size_t used = at + get_le16(c->count) * sizeof(struct dx_entry);
	const struct dx_tail *tail;
	uint32_t crc;

	if (limit + sizeof(*tail) > fs->super.block_size || used > limit)
		return false;
	tail = (const struct dx_tail *)(block + limit);
	crc = crc32c(inode->csum_seed, block, used);
	crc = crc32c(crc, &tail->dt_reserved, sizeof(tail->dt_reserved));
	return crc32c(crc, zeros, sizeof(zeros)) == get_le32(tail->dt_checksum);
}

/* True when block AT of a directory is a node of its hash tree. All but the first look like one
 * unused record that fills the block. */
static bool is_index(const struct ext *fs, const struct ext_inode *inode, uint64_t at,
		     const uint8_t *block)
{
	const struct ext4_dir_entry *fake = (const struct ext4_dir_entry *)block;

	if (!(fs->super.compat & EXT4_COMPAT_DIR_INDEX) || !(inode->flags & EXT4_INDEX_FL))
		return false;
	return at == 0 || (get_le32(fake->inode) == 0 &&
			   ext_rec_len(fs, fake->rec_len) == fs->super.block_size);
}

bool ext_checksum_dir(const struct ext *fs, const struct ext_inode *inode, uint64_t at,
		      const uint8_t *block)
{
	size_t end = fs->super.block_size - sizeof(struct ext4_dir_entry_tail);
	const struct ext4_dir_entry_tail *tail;

	if (!has_csum(fs))
		return true;
	if (is_index(fs, inode, at, block))
		return check_index(fs, inode, block, at == 0 ? DX_ROOT_COUNT : DX_NODE_COUNT);
	tail = (const struct ext4_dir_entry_tail *)(block + end);
	return get_le32(tail->det_reserved_zero1) == 0 &&
	       get_le16(tail->det_rec_len) == sizeof(*tail) &&
	       tail->det_reserved_ft == EXT4_FT_DIR_CSUM &&
	       crc32c(inode->csum_seed, block, end) == get_le32(tail->det_checksum);
}
