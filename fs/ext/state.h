/* What the disk says, decoded and checked: what all files of the ext reader share. */
#ifndef FS_EXT_STATE_H
#define FS_EXT_STATE_H

#include "fs/ext/changes.h"
#include "fs/ext/format.h"
#include "fs/ext/journal/map.h"
#include "fs/inodes.h"

#define COPY_USED_BYTES 128

/* The superblock: every number in it has been checked against the others and against the disk. */
struct ext_super {
	uint64_t blocks;      /* of the whole file system */
	uint64_t super_block; /* the block of this superblock; the group descriptors follow it */
	uint32_t block_size;
	unsigned block_bits; /* log2 of block_size */
	uint32_t first_data_block;
	uint32_t blocks_per_group;
	uint32_t groups;
	uint32_t inodes;
	uint32_t inodes_per_group;
	uint32_t inode_size;
	uint32_t first_inode; /* the first that is not reserved */
	uint32_t desc_size;
	uint32_t first_meta_bg;
	uint32_t backup_bgs[2];
	uint32_t compat, incompat, ro_compat; /* feature bits */
	uint32_t csum_seed;
	uint32_t hash_seed[4];
	bool hash_signed;       /* hash trees take the bytes of names as signed */
	uint32_t journal_inode; /* 0: the journal is on another device, or there is none */
	uint8_t uuid[16];
	char label[16];
};

struct ext_inode {
	struct inode base;
	uint32_t flags;
	uint32_t csum_seed; /* for the checksums of its blocks */
	uint32_t inline_at; /* inline_data: where the second part begins in the raw inode */
	uint32_t inline_n;  /* and its length in bytes */
	uint8_t i_block[EXT4_I_BLOCK_SIZE];
};

struct ext {
	struct inodes base; /* first: a volume is our handle */
	uint64_t super_at;  /* the byte where the superblock begins */
	struct ext_super super;
	struct ext_inode at;        /* base.at */
	struct journal_map map;     /* the blocks that a replay of the journal would write */
	struct ext_changes changes; /* what fast commits changed after these */
	size_t copies_damaged; /* blocks in the journal, not reported yet: ext_journal_remark() */
	char copy_used[COPY_USED_BYTES]; /* the text of base.vol.copy_used */
	struct inodes_large large;       /* base.large */
};

/* The length of a directory record in bytes. Blocks of 64 KiB need a length that 16 bits do not
 * hold: there the two lowest bits, which are always zero, carry the two highest. */
static inline size_t ext_rec_len(const struct ext *fs, le16 raw)
{
	size_t n = get_le16(raw);

	if (fs->super.block_size < 65536)
		return n;
	return n == 65535 || n == 0 ? fs->super.block_size : (n & 65532) | (n & 3) << 16;
}

#endif
