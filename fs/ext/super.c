/* The superblock, which describes the whole file system. It is used only if its numbers fit
 * together. */
#include "fs/ext/super.h"

#include "base/crc.h"
#include "base/mem.h"
#include "fs/ext/block.h"
#include "fs/ext/checksum.h"

#define LOG_BLOCK_SIZE_MAX   6  /* 64 KiB */
#define LOG_CLUSTER_SIZE_MAX 20 /* 1 GiB */
#define DESC_SIZE_MAX        1024
#define CHECKSUM_CRC32C      1

static enum status bad(struct report *r, const char *what, uint64_t value)
{
	return fail(r, E_CORRUPT, "the superblock is damaged: %lu cannot be the %s",
		    (unsigned long)value, what);
}

static bool is_power_of_two(uint32_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

static enum status decode_blocks(struct report *r, const struct ext4_super_block *raw,
				 struct ext_super *s)
{
	uint32_t log_block = get_le32(raw->s_log_block_size);
	uint32_t log_cluster = get_le32(raw->s_log_cluster_size);
	uint32_t per_group = get_le32(raw->s_clusters_per_group);
	bool bigalloc = s->ro_compat & EXT4_RO_COMPAT_BIGALLOC;
	bool wide = s->incompat & EXT4_INCOMPAT_64BIT;

	if (log_block > LOG_BLOCK_SIZE_MAX)
		return bad(r, "logarithm of the block size", log_block);
	s->block_bits = 10 + log_block;
	s->block_size = 1u << s->block_bits;
	s->blocks = join32(get_le32(raw->s_blocks_count_lo),
			   wide ? get_le32(raw->s_blocks_count_hi) : 0);
	s->first_data_block = get_le32(raw->s_first_data_block);
	s->blocks_per_group = get_le32(raw->s_blocks_per_group);
	if (!bigalloc) {
		log_cluster = log_block;
		per_group = s->blocks_per_group;
	}
	if (log_cluster < log_block || log_cluster > LOG_CLUSTER_SIZE_MAX)
		return bad(r, "logarithm of the cluster size", log_cluster);
	if (per_group == 0 || per_group > s->block_size * 8 ||
	    (uint64_t)per_group << (log_cluster - log_block) != s->blocks_per_group)
		return bad(r, "number of blocks per group", s->blocks_per_group);
	if (s->first_data_block != (s->block_bits == 10 && !bigalloc))
		return bad(r, "first data block", s->first_data_block);
	if (s->blocks <= s->first_data_block || s->blocks > UINT64_MAX >> s->block_bits)
		return bad(r, "number of blocks", s->blocks);
	return OK;
}

static enum status decode_groups(struct report *r, const struct ext4_super_block *raw,
				 struct ext_super *s)
{
	uint64_t groups = (s->blocks - s->first_data_block - 1) / s->blocks_per_group + 1;

	s->desc_size = EXT4_DESC_SIZE_MIN;
	if (s->incompat & EXT4_INCOMPAT_64BIT) {
		s->desc_size = get_le16(raw->s_desc_size);
		if (s->desc_size < EXT4_DESC_SIZE_64BIT || s->desc_size > DESC_SIZE_MAX ||
		    !is_power_of_two(s->desc_size))
			return bad(r, "size of a group descriptor", s->desc_size);
	}
	if (groups > UINT32_MAX)
		return bad(r, "number of blocks", s->blocks);
	s->groups = (uint32_t)groups;
	s->first_meta_bg = get_le32(raw->s_first_meta_bg);
	s->backup_bgs[0] = get_le32(raw->s_backup_bgs[0]);
	s->backup_bgs[1] = get_le32(raw->s_backup_bgs[1]);
	return OK;
}

static enum status decode_inodes(struct report *r, const struct ext4_super_block *raw,
				 struct ext_super *s)
{
	s->inode_size = EXT4_GOOD_OLD_INODE_SIZE;
	s->first_inode = EXT4_GOOD_OLD_FIRST_INO;
	if (get_le32(raw->s_rev_level) > 0) {
		s->inode_size = get_le16(raw->s_inode_size);
		s->first_inode = get_le32(raw->s_first_ino);
	}
	s->inodes = get_le32(raw->s_inodes_count);
	s->inodes_per_group = get_le32(raw->s_inodes_per_group);
	if (s->inode_size < EXT4_GOOD_OLD_INODE_SIZE || s->inode_size > s->block_size ||
	    !is_power_of_two(s->inode_size))
		return bad(r, "size of an inode", s->inode_size);
	if (s->first_inode < EXT4_GOOD_OLD_FIRST_INO)
		return bad(r, "first inode", s->first_inode);
	if (s->inodes_per_group == 0 || s->inodes_per_group > s->block_size * 8)
		return bad(r, "number of inodes per group", s->inodes_per_group);
	if (s->inodes > (uint64_t)s->groups * s->inodes_per_group)
		return bad(r, "number of inodes", s->inodes);
	return OK;
}

static enum status decode(struct report *r, const struct ext4_super_block *raw, struct ext_super *s)
{
	enum status status;

	s->compat = get_le32(raw->s_feature_compat);
	s->incompat = get_le32(raw->s_feature_incompat);
	s->ro_compat = get_le32(raw->s_feature_ro_compat);
	s->journal_inode = s->compat & EXT4_COMPAT_HAS_JOURNAL ? get_le32(raw->s_journal_inum) : 0;
	memcpy(s->uuid, raw->s_uuid, sizeof(s->uuid));
	memcpy(s->label, raw->s_volume_name, sizeof(s->label));
	s->csum_seed = s->incompat & EXT4_INCOMPAT_CSUM_SEED
			       ? get_le32(raw->s_checksum_seed)
			       : crc32c(~0u, s->uuid, sizeof(s->uuid));
	for (unsigned i = 0; i < 4; i++)
		s->hash_seed[i] = get_le32(raw->s_hash_seed[i]);
	s->hash_signed = !(get_le32(raw->s_flags) & EXT2_FLAGS_UNSIGNED_HASH);
	status = ext_features_check(r, s->incompat);
	if (status != OK)
		return status;
	if (s->ro_compat & EXT4_RO_COMPAT_METADATA_CSUM && raw->s_checksum_type != CHECKSUM_CRC32C)
		return fail(r, E_UNSUPPORTED, "the checksums are of an unknown type, %u",
			    raw->s_checksum_type);
	status = decode_blocks(r, raw, s);
	if (status == OK)
		status = decode_groups(r, raw, s);
	if (status == OK)
		status = decode_inodes(r, raw, s);
	return status;
}

/* A copy of the superblock lies at the start of a group, and says which. It was written when the
 * file system was made, so it does not know whether the journal must be replayed: the journal is
 * asked. */
static enum status check_copy(struct ext *fs, const struct ext4_super_block *raw)
{
	struct ext_super *s = &fs->super;
	uint64_t into = s->super_block - s->first_data_block;
	uint64_t group = into / s->blocks_per_group;

	if (fs->super_at != s->super_block << s->block_bits || into % s->blocks_per_group != 0 ||
	    group == 0 || (uint16_t)group != get_le16(raw->s_block_group_nr))
		return fail(fs->base.vol.report, E_CORRUPT,
			    "this copy of the superblock belongs elsewhere");
	if (s->journal_inode != 0)
		s->incompat |= EXT4_INCOMPAT_RECOVER;
	return OK;
}

enum status ext_super_read(struct ext *fs)
{
	struct report *r = fs->base.vol.report;
	struct ext_super *s = &fs->super;
	struct ext4_super_block raw;
	enum status status;

	if (fs->base.disk->size < EXT4_SUPER_OFFSET + EXT4_SUPER_SIZE)
		return E_NOT_FOUND;
	status = ext_read(fs, fs->super_at, &raw, sizeof(raw));
	if (status != OK)
		return status;
	if (get_le16(raw.s_magic) != EXT4_SUPER_MAGIC)
		return E_NOT_FOUND;
	if (!ext_checksum_super(&raw))
		return fail(r, E_CORRUPT, "the superblock is damaged: its checksum is wrong");
	status = decode(r, &raw, s);
	if (status != OK)
		return status;
	s->super_block = fs->super_at >> s->block_bits;
	if (fs->super_at != EXT4_SUPER_OFFSET)
		status = check_copy(fs, &raw);
	if (status != OK)
		return status;
	return inodes_check_disk(&fs->base, s->blocks << s->block_bits, "blocks", s->block_size);
}
