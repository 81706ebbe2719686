/* What the files of the ext reader share: what the disk says, decoded and checked. */
#ifndef FS_EXT_IMPL_H
#define FS_EXT_IMPL_H

#include "fs/block.h"
#include "fs/ext/cache.h"
#include "fs/ext/format.h"
#include "fs/ext/journal/map.h"
#include "fs/ext/names.h"
#include "fs/volume.h"

#define SYMLINKS_MAX 40 /* followed in one path, as Linux does */

/* What one volume may cost from open to close, so that no disk keeps the loader busy for minutes. A
 * request costs as many units as it has bytes, COST_REQUEST at least; a step without a request
 * costs COST_STEP. */
#define COST_MAX     ((uint64_t)16 << 30)
#define COST_REQUEST (64u * 1024)
#define COST_STEP    1024u

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

struct ext {
	struct volume vol; /* first: a volume is our handle */
	struct block *disk;
	uint64_t super_at; /* the byte where the superblock begins */
	struct ext_super super;
	struct journal_map map; /* the blocks that a replay of the journal would write */
	struct cache cache;
	struct names names;
	size_t copies_damaged; /* blocks in the journal, not reported yet: ext_journal_remark() */
	char copy_used[COPY_USED_BYTES]; /* the text of vol.copy_used */
	uint64_t spent;                  /* of what the volume may cost: ext_spend() */
	char path[2 * PATH_MAX_BYTES];   /* at its end: the part of a path still to walk */
};

struct ext_inode {
	uint32_t number;
	enum file_type type;
	uint32_t flags;
	uint32_t mtime; /* seconds since 1970 */
	uint64_t size;
	uint32_t csum_seed; /* for the checksums of its blocks */
	uint32_t inline_at; /* inline_data: where the second part begins in the raw inode */
	uint32_t inline_n;  /* and its length in bytes */
	uint8_t i_block[EXT4_I_BLOCK_SIZE];
};

/* A run of blocks of a file. */
struct ext_run {
	uint64_t block; /* on the disk; 0: a hole, or never written: reads as zeros */
	uint64_t count; /* blocks, at least 1 */
};

/* block.c: reads BYTES bytes at OFFSET of the file system, from the journal where that has a newer
 * copy. Every read goes through here. E_IO, E_CORRUPT when the range is not on the disk, E_LIMIT
 * when the volume has cost too much; reported. */
enum status ext_read(struct ext *, uint64_t offset, void *to, size_t bytes);

/* block.c: adds COST to what the volume has cost. E_LIMIT, reported, beyond COST_MAX. */
enum status ext_spend(struct ext *, uint64_t cost);

/* block.c: reads BLOCK through the cache. The slot's data lives until the next call. */
enum status ext_cached(struct ext *, uint64_t block, struct cache_slot **);

/* block.c: true when the COUNT > 0 blocks from BLOCK on lie where those of a file may lie. */
bool ext_blocks_valid(const struct ext *, uint64_t block, uint64_t count);

/* journal/load.c: when the file system was not unmounted, fills fs->map from its journal and reads
 * the superblock again. OK, with a remark, when the journal cannot be used. E_UNSUPPORTED when it
 * lies on another disk, E_CORRUPT when its superblock does not fit, E_IO, E_NO_MEMORY; reported. */
enum status ext_journal_load(struct ext *);

/* journal/load.c: reports how many blocks in the journal were found damaged since the last call;
 * older copies of them are used. */
void ext_journal_remark(struct ext *);

/* super.c: reads and checks the superblock at fs->super_at. A copy must lie where its own numbers
 * place it. Fails as ext_open() does. */
enum status ext_super_read(struct ext *);

/* backup.c: finds a good copy of the superblock and reads it; fs->super_at is its place. Tries 7
 * places with EFFORT_MISSING, 42 with EFFORT_DAMAGED. E_NOT_FOUND, not reported, when there is
 * none. */
enum status ext_backup_find(struct ext *, enum effort);

/* features.c: E_UNSUPPORTED when INCOMPAT has a feature that we do not read; each is reported. */
enum status ext_features_check(struct report *, uint32_t incompat);

/* features.c: "ext2", "ext3" or "ext4", by the same features as blkid. */
const char *ext_features_type(const struct ext_super *);

/* inode_table.c: the super.inode_size bytes of inode NUMBER > 0. They live until the next call of
 * ext_cached(). */
enum status ext_inode_raw(struct ext *, uint32_t number, const uint8_t **raw);

/* inode.c: reads, checks and decodes inode NUMBER. E_CORRUPT, reported, also when no file can have
 * it. */
enum status ext_inode_get(struct ext *, uint32_t number, struct ext_inode *);

/* The length of a directory record in bytes. Blocks of 64 KiB need a length that 16 bits do not
 * hold: there the two lowest bits, which are always zero, carry the two highest. */
static inline size_t ext_rec_len(const struct ext *fs, le16 raw)
{
	size_t n = get_le16(raw);

	if (fs->super.block_size < 65536)
		return n;
	return n == 65535 || n == 0 ? fs->super.block_size : (n & 65532) | (n & 3) << 16;
}

/* file.c: where block AT of the file lies on the disk, and how many blocks of the file follow it
 * there. */
enum status ext_map(struct ext *, const struct ext_inode *, uint64_t at, struct ext_run *);

/* extent.c, indirect.c: ext_map() for the two kinds of tree. */
enum status ext_map_extents(struct ext *, const struct ext_inode *, uint64_t at, struct ext_run *);
enum status ext_map_indirect(struct ext *, const struct ext_inode *, uint64_t at, struct ext_run *);

/* inline.c: finds the second part of inline data in a raw inode of super.inode_size bytes. */
enum status ext_inline_find(struct ext *, const uint8_t *raw, struct ext_inode *);

/* inline.c: copies BYTES bytes of inline data from byte AT on; zeros where nothing is stored. */
enum status ext_inline_read(struct ext *, const struct ext_inode *, uint64_t at, void *to,
			    size_t bytes);

/* file.c: reads BYTES bytes from OFFSET of the file; the caller has checked its size. */
enum status ext_file_read(struct ext *, const struct ext_inode *, uint64_t offset, void *to,
			  size_t bytes);

/* path.c: the inode that PATH leads to. FOLLOW: also through a symlink at the end. E_NOT_FOUND and
 * E_WRONG_TYPE are reported with PATH. */
enum status ext_walk(struct ext *, struct str path, bool follow, struct ext_inode *);

/* path.c: reads the target of a symlink, *N > 0 bytes, into TO, which holds PATH_MAX_BYTES. */
enum status ext_symlink_read(struct ext *, const struct ext_inode *, char *to, size_t *n);

#endif
