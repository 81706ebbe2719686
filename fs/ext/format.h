/*
 * The bytes of ext2, ext3 and ext4 as they lie on the disk. Only the decoders include this.
 *
 * The disk is an array of blocks of 1 KiB to 64 KiB, cut into groups of equal size. The superblock,
 * always 1024 bytes from the start, gives the sizes and says by feature bits which additions of the
 * last thirty years this file system uses. A group descriptor says where its group keeps its
 * inodes: in a table of fixed-size records, so that an inode's number alone gives its place. All
 * descriptors lie in one array behind the superblock; with meta_bg each block of that array lies in
 * the groups that it describes instead.
 *
 * An inode is a file: type, size, and in the 60 bytes of i_block the way to its blocks. That is a
 * tree of extents (runs of blocks), or in older files twelve block numbers and three roots of trees
 * of block numbers, or with inline_data the content itself, continued in an extended attribute
 * behind the inode. A symlink shorter than 60 bytes lies there too. A range that no tree names is a
 * hole and reads as zeros, and so does an extent that was allocated but never written.
 *
 * A directory is a file of records, each an inode's number and a name; no record crosses the end of
 * its block. An indexed directory disguises its hash tree as unused records, so that a reader from
 * front to back finds the same names.
 *
 * With metadata_csum all of these carry a CRC32C, seeded with the file system's UUID and, below an
 * inode, with that inode's number and generation, so that a block from elsewhere does not pass.
 */
#ifndef FS_EXT_FORMAT_H
#define FS_EXT_FORMAT_H

#include <stddef.h>

#include "base/bytes.h"

#define EXT4_SUPER_OFFSET 1024
#define EXT4_SUPER_MAGIC  0xef53
#define EXT4_SUPER_SIZE   1024

#define EXT4_JNL_BACKUP_BLOCKS 1

struct ext4_super_block {
	le32 s_inodes_count;
	le32 s_blocks_count_lo;
	le32 s_r_blocks_count_lo;
	le32 s_free_blocks_count_lo;
	le32 s_free_inodes_count;
	le32 s_first_data_block; /* the block that group 0 begins with */
	le32 s_log_block_size;   /* 1024 << this */
	le32 s_log_cluster_size;
	le32 s_blocks_per_group;
	le32 s_clusters_per_group;
	le32 s_inodes_per_group;
	le32 s_mtime;
	le32 s_wtime;
	le16 s_mnt_count;
	le16 s_max_mnt_count;
	le16 s_magic;
	le16 s_state;
	le16 s_errors;
	le16 s_minor_rev_level;
	le32 s_lastcheck;
	le32 s_checkinterval;
	le32 s_creator_os;
	le32 s_rev_level; /* 0: inodes of 128 bytes, the first free one is 11 */
	le16 s_def_resuid;
	le16 s_def_resgid;
	le32 s_first_ino;
	le16 s_inode_size;
	le16 s_block_group_nr;
	le32 s_feature_compat;
	le32 s_feature_incompat;
	le32 s_feature_ro_compat;
	uint8_t s_uuid[16];
	char s_volume_name[16];
	char s_last_mounted[64];
	le32 s_algorithm_usage_bitmap;
	uint8_t s_prealloc_blocks;
	uint8_t s_prealloc_dir_blocks;
	le16 s_reserved_gdt_blocks;
	uint8_t s_journal_uuid[16];
	le32 s_journal_inum;
	le32 s_journal_dev;
	le32 s_last_orphan;
	le32 s_hash_seed[4];
	uint8_t s_def_hash_version;
	uint8_t s_jnl_backup_type; /* EXT4_JNL_BACKUP_BLOCKS: s_jnl_blocks is filled */
	le16 s_desc_size;
	le32 s_default_mount_opts;
	le32 s_first_meta_bg;
	le32 s_mkfs_time;
	le32 s_jnl_blocks[17]; /* of the journal's inode: i_block, i_size_high, i_size */
	le32 s_blocks_count_hi;
	le32 s_r_blocks_count_hi;
	le32 s_free_blocks_count_hi;
	le16 s_min_extra_isize;
	le16 s_want_extra_isize;
	le32 s_flags; /* EXT2_FLAGS_ */
	le16 s_raid_stride;
	le16 s_mmp_interval;
	le64 s_mmp_block;
	le32 s_raid_stripe_width;
	uint8_t s_log_groups_per_flex;
	uint8_t s_checksum_type; /* 1: CRC32C */
	uint8_t s_encryption_level;
	uint8_t s_reserved_pad;
	le64 s_kbytes_written;
	uint8_t s_snapshots_and_errors[128]; /* fields that no reader needs */
	uint8_t s_mount_opts[64];
	le32 s_usr_quota_inum;
	le32 s_grp_quota_inum;
	le32 s_overhead_clusters;
	le32 s_backup_bgs[2]; /* sparse_super2: the groups with a copy of the superblock */
	uint8_t s_encrypt_algos[4];
	uint8_t s_encrypt_pw_salt[16];
	le32 s_lpf_ino;
	le32 s_prj_quota_inum;
	le32 s_checksum_seed;
	uint8_t s_reserved[392];
	le32 s_checksum; /* CRC32C of all before it */
};

_Static_assert(sizeof(struct ext4_super_block) == EXT4_SUPER_SIZE, "superblock");
_Static_assert(offsetof(struct ext4_super_block, s_magic) == 0x38, "s_magic");
_Static_assert(offsetof(struct ext4_super_block, s_inode_size) == 0x58, "s_inode_size");
_Static_assert(offsetof(struct ext4_super_block, s_feature_incompat) == 0x60, "s_feature_incompat");
_Static_assert(offsetof(struct ext4_super_block, s_uuid) == 0x68, "s_uuid");
_Static_assert(offsetof(struct ext4_super_block, s_volume_name) == 0x78, "s_volume_name");
_Static_assert(offsetof(struct ext4_super_block, s_journal_uuid) == 0xd0, "s_journal_uuid");
_Static_assert(offsetof(struct ext4_super_block, s_jnl_blocks) == 0x10c, "s_jnl_blocks");
_Static_assert(offsetof(struct ext4_super_block, s_hash_seed) == 0xec, "s_hash_seed");
_Static_assert(offsetof(struct ext4_super_block, s_flags) == 0x160, "s_flags");
_Static_assert(offsetof(struct ext4_super_block, s_desc_size) == 0xfe, "s_desc_size");
_Static_assert(offsetof(struct ext4_super_block, s_first_meta_bg) == 0x104, "s_first_meta_bg");
_Static_assert(offsetof(struct ext4_super_block, s_blocks_count_hi) == 0x150, "s_blocks_count_hi");
_Static_assert(offsetof(struct ext4_super_block, s_checksum_type) == 0x175, "s_checksum_type");
_Static_assert(offsetof(struct ext4_super_block, s_backup_bgs) == 0x24c, "s_backup_bgs");
_Static_assert(offsetof(struct ext4_super_block, s_checksum_seed) == 0x270, "s_checksum_seed");
_Static_assert(offsetof(struct ext4_super_block, s_checksum) == 0x3fc, "s_checksum");

/* Feature bits that change what a reader does; fs/ext/features.c names them all. */
#define EXT4_COMPAT_HAS_JOURNAL      0x4u
#define EXT4_COMPAT_DIR_INDEX        0x20u
#define EXT4_COMPAT_SPARSE_SUPER2    0x200u
#define EXT4_RO_COMPAT_SPARSE_SUPER  0x1u
#define EXT4_RO_COMPAT_LARGE_FILE    0x2u
#define EXT4_RO_COMPAT_BTREE_DIR     0x4u
#define EXT4_RO_COMPAT_GDT_CSUM      0x10u
#define EXT4_RO_COMPAT_BIGALLOC      0x200u
#define EXT4_RO_COMPAT_METADATA_CSUM 0x400u
#define EXT4_INCOMPAT_COMPRESSION    0x1u
#define EXT4_INCOMPAT_FILETYPE       0x2u
#define EXT4_INCOMPAT_RECOVER        0x4u
#define EXT4_INCOMPAT_JOURNAL_DEV    0x8u
#define EXT4_INCOMPAT_META_BG        0x10u
#define EXT4_INCOMPAT_EXTENTS        0x40u
#define EXT4_INCOMPAT_64BIT          0x80u
#define EXT4_INCOMPAT_MMP            0x100u
#define EXT4_INCOMPAT_FLEX_BG        0x200u
#define EXT4_INCOMPAT_EA_INODE       0x400u
#define EXT4_INCOMPAT_DIRDATA        0x1000u
#define EXT4_INCOMPAT_CSUM_SEED      0x2000u
#define EXT4_INCOMPAT_LARGEDIR       0x4000u
#define EXT4_INCOMPAT_INLINE_DATA    0x8000u
#define EXT4_INCOMPAT_ENCRYPT        0x10000u
#define EXT4_INCOMPAT_CASEFOLD       0x20000u

#define EXT2_FLAGS_UNSIGNED_HASH 0x2u

#define EXT4_DESC_SIZE_MIN   32 /* without 64bit, and the part that both kinds share */
#define EXT4_DESC_SIZE_64BIT 64

struct ext4_group_desc {
	le32 bg_block_bitmap_lo;
	le32 bg_inode_bitmap_lo;
	le32 bg_inode_table_lo;
	le16 bg_free_blocks_count_lo;
	le16 bg_free_inodes_count_lo;
	le16 bg_used_dirs_count_lo;
	le16 bg_flags;
	le32 bg_exclude_bitmap_lo;
	le16 bg_block_bitmap_csum_lo;
	le16 bg_inode_bitmap_csum_lo;
	le16 bg_itable_unused_lo;
	le16 bg_checksum;
	le32 bg_block_bitmap_hi; /* from here on only with 64bit */
	le32 bg_inode_bitmap_hi;
	le32 bg_inode_table_hi;
	uint8_t bg_rest[20];
};

_Static_assert(sizeof(struct ext4_group_desc) == EXT4_DESC_SIZE_64BIT, "group descriptor");
_Static_assert(offsetof(struct ext4_group_desc, bg_inode_table_lo) == 0x8, "bg_inode_table_lo");
_Static_assert(offsetof(struct ext4_group_desc, bg_checksum) == 0x1e, "bg_checksum");
_Static_assert(offsetof(struct ext4_group_desc, bg_inode_table_hi) == 0x28, "bg_inode_table_hi");

#define EXT4_ROOT_INO            2
#define EXT4_GOOD_OLD_FIRST_INO  11
#define EXT4_GOOD_OLD_INODE_SIZE 128
#define EXT4_I_BLOCK_SIZE        60

struct ext4_inode {
	le16 i_mode;
	le16 i_uid;
	le32 i_size_lo;
	le32 i_atime;
	le32 i_ctime;
	le32 i_mtime;
	le32 i_dtime;
	le16 i_gid;
	le16 i_links_count;
	le32 i_blocks_lo;
	le32 i_flags;
	le32 i_version;
	uint8_t i_block[EXT4_I_BLOCK_SIZE];
	le32 i_generation;
	le32 i_file_acl_lo;
	le32 i_size_high;
	le32 i_obso_faddr;
	le16 i_blocks_high;
	le16 i_file_acl_high;
	le16 i_uid_high;
	le16 i_gid_high;
	le16 i_checksum_lo;
	le16 i_reserved;
	le16 i_extra_isize; /* from here on only in inodes larger than 128 bytes */
	le16 i_checksum_hi;
	le32 i_ctime_extra; /* nanoseconds, above the 2 bits that continue i_ctime */
};

_Static_assert(offsetof(struct ext4_inode, i_ctime) == 0x0c, "i_ctime");
_Static_assert(offsetof(struct ext4_inode, i_mtime) == 0x10, "i_mtime");
_Static_assert(offsetof(struct ext4_inode, i_flags) == 0x20, "i_flags");
_Static_assert(offsetof(struct ext4_inode, i_block) == 0x28, "i_block");
_Static_assert(offsetof(struct ext4_inode, i_generation) == 0x64, "i_generation");
_Static_assert(offsetof(struct ext4_inode, i_size_high) == 0x6c, "i_size_high");
_Static_assert(offsetof(struct ext4_inode, i_checksum_lo) == 0x7c, "i_checksum_lo");
_Static_assert(offsetof(struct ext4_inode, i_extra_isize) == 0x80, "i_extra_isize");
_Static_assert(offsetof(struct ext4_inode, i_checksum_hi) == 0x82, "i_checksum_hi");
_Static_assert(offsetof(struct ext4_inode, i_ctime_extra) == 0x84, "i_ctime_extra");

#define EXT4_ENCRYPT_FL     0x800u
#define EXT4_INDEX_FL       0x1000u
#define EXT4_EXTENTS_FL     0x80000u
#define EXT4_INLINE_DATA_FL 0x10000000u
#define EXT4_CASEFOLD_FL    0x40000000u

/* A node of the extent tree: the header, then eh_entries records, each of 12 bytes. */
struct ext4_extent_header {
	le16 eh_magic;
	le16 eh_entries;
	le16 eh_max;
	le16 eh_depth; /* 0: the records are extents, else they are indexes */
	le32 eh_generation;
};

struct ext4_extent {
	le32 ee_block;
	le16 ee_len; /* above 32768: never written, and the length is what exceeds that */
	le16 ee_start_hi;
	le32 ee_start_lo;
};

struct ext4_extent_idx {
	le32 ei_block;
	le32 ei_leaf_lo;
	le16 ei_leaf_hi;
	le16 ei_unused;
};

#define EXT4_EXT_MAGIC        0xf30a
#define EXT4_EXT_INIT_MAX_LEN 32768u
#define EXT4_MAX_EXTENT_DEPTH 5
#define EXT4_FILE_BLOCKS_MAX  0xffffffffu /* the kernel's EXT_MAX_BLOCKS */

_Static_assert(sizeof(struct ext4_extent_header) == 12, "extent header");
_Static_assert(sizeof(struct ext4_extent) == 12, "extent");
_Static_assert(sizeof(struct ext4_extent_idx) == 12, "extent index");

#define EXT4_NDIR_BLOCKS \
	12 /* i_block without extents: these, then one tree each of depth 1, 2, 3 */

/* A directory's record; the name follows. */
struct ext4_dir_entry {
	le32 inode;
	le16 rec_len;
	uint8_t name_len;
	uint8_t file_type;
};

_Static_assert(sizeof(struct ext4_dir_entry) == 8, "directory entry");

#define EXT4_DIR_REC_MIN 12
#define EXT4_FT_DIR_CSUM 0xde

/* The last record of a directory block, disguised as an unused one. */
struct ext4_dir_entry_tail {
	le32 det_reserved_zero1;
	le16 det_rec_len;
	uint8_t det_reserved_zero2;
	uint8_t det_reserved_ft; /* EXT4_FT_DIR_CSUM */
	le32 det_checksum;
};

_Static_assert(sizeof(struct ext4_dir_entry_tail) == 12, "directory tail");

/* A node of the hash tree: this, then `limit` records of 8 bytes of which it is itself the first,
 * then the tail. In block 0 it stands behind the records of "." and "..". */
struct dx_countlimit {
	le16 limit;
	le16 count;
};

struct dx_tail {
	le32 dt_reserved;
	le32 dt_checksum;
};

/* In block 0 this stands before it. */
struct dx_root_info {
	le32 reserved_zero;
	uint8_t hash_version;
	uint8_t info_length;
	uint8_t indirect_levels; /* of nodes between block 0 and the blocks with the names */
	uint8_t unused_flags;
};

/* The first record has its hash overlaid by the dx_countlimit, and stands for 0. */
struct dx_entry {
	le32 hash; /* the lowest bit: names with this hash begin in the block before */
	le32 block;
};

#define DX_ROOT_INFO   0x18
#define DX_ROOT_COUNT  0x20 /* where the dx_countlimit lies in block 0, and in the others */
#define DX_NODE_COUNT  0x8
#define DX_LEVELS_MAX  3 /* indirect_levels is less than that with large_dir, else than 2 */
#define DX_BLOCK_MASK  0x0fffffffu
#define DX_UNUSED_FLAG 1u /* in unused_flags: Linux does not use such a tree */

_Static_assert(sizeof(struct dx_countlimit) == 4, "hash tree count");
_Static_assert(sizeof(struct dx_tail) == 8, "hash tree tail");
_Static_assert(sizeof(struct dx_root_info) == 8, "hash tree root");
_Static_assert(sizeof(struct dx_entry) == 8, "hash tree record");

/* Extended attributes behind the inode: the magic number, then entries until four zero bytes. */
struct ext4_xattr_entry {
	uint8_t e_name_len;
	uint8_t e_name_index;
	le16 e_value_offs; /* from the first entry */
	le32 e_value_inum;
	le32 e_value_size;
	le32 e_hash;
};

#define EXT4_XATTR_MAGIC        0xea020000u
#define EXT4_XATTR_INDEX_SYSTEM 7

_Static_assert(sizeof(struct ext4_xattr_entry) == 16, "extended attribute");

#endif
