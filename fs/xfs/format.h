/*
 * The bytes of XFS as they lie on the disk, big-endian but for the checksums. Only the decoders
 * include this.
 *
 * The disk is cut into allocation groups (AGs) of equal size; the last may be shorter. Block
 * numbers and inode numbers hold the number of the AG in their upper bits and what lies in it in
 * the lower ones, so neither is a plain index: byte = (AG * blocks of an AG + block in it) * block
 * size. An inode's number alone gives its place. The superblock is sector 0, with a copy in each
 * AG.
 *
 * An inode has a core of 100 bytes, or 176 since version 5, and behind it the data fork: content
 * that fits (short directories and symlinks), a list of extents, or the root of a B+tree of
 * extents. Extended attributes may take the end of the inode. An extent is 128 bits: one flag
 * (allocated but never written: reads as zeros), where it begins in the file, on the disk, and its
 * length.
 *
 * A directory that outgrows its inode is a file of directory blocks, each one or several blocks
 * long: first the names, from 32 GiB on an index by hash, which a reader from front to back does
 * not need. A directory of one block has the index at the end of it.
 *
 * Version 5 gives every structure a CRC32C, the UUID of the file system, and the number of its
 * owner, so that a block from elsewhere does not pass. Version 4 has none of that.
 */
#ifndef FS_XFS_FORMAT_H
#define FS_XFS_FORMAT_H

#include <stddef.h>

#include "base/bytes.h"

/* The "basic block", by which the log counts. */
#define BB_BITS 9
#define BBSIZE  (1u << BB_BITS)

#define XFS_SB_MAGIC 0x58465342u /* "XFSB" */

struct xfs_dsb {
	be32 sb_magicnum;
	be32 sb_blocksize;
	be64 sb_dblocks;
	be64 sb_rblocks;
	be64 sb_rextents;
	uint8_t sb_uuid[16];
	be64 sb_logstart; /* 0: the log is on another disk */
	be64 sb_rootino;
	be64 sb_rbmino;
	be64 sb_rsumino;
	be32 sb_rextsize;
	be32 sb_agblocks;
	be32 sb_agcount;
	be32 sb_rbmblocks;
	be32 sb_logblocks;
	be16 sb_versionnum;
	be16 sb_sectsize;
	be16 sb_inodesize;
	be16 sb_inopblock;
	char sb_fname[12];
	uint8_t sb_blocklog;
	uint8_t sb_sectlog;
	uint8_t sb_inodelog;
	uint8_t sb_inopblog;
	uint8_t sb_agblklog;
	uint8_t sb_rextslog;
	uint8_t sb_inprogress; /* not 0: mkfs.xfs did not end */
	uint8_t sb_imax_pct;
	uint8_t sb_counters_and_quota[52]; /* fields that no reader needs */
	be32 sb_inoalignmt;
	be32 sb_unit;
	be32 sb_width;
	uint8_t sb_dirblklog; /* a directory block has 1 << this blocks */
	uint8_t sb_logsectlog;
	be16 sb_logsectsize;
	be32 sb_logsunit;
	be32 sb_features2;
	be32 sb_bad_features2;
	be32 sb_features_compat; /* from here on version 5 */
	be32 sb_features_ro_compat;
	be32 sb_features_incompat;
	be32 sb_features_log_incompat;
	le32 sb_crc; /* CRC32C of the sector */
	be32 sb_spino_align;
	be64 sb_pquotino;
	be64 sb_lsn;
	uint8_t sb_meta_uuid[16];
};

_Static_assert(sizeof(struct xfs_dsb) == 264, "superblock");
_Static_assert(offsetof(struct xfs_dsb, sb_logstart) == 48, "sb_logstart");
_Static_assert(offsetof(struct xfs_dsb, sb_agblocks) == 84, "sb_agblocks");
_Static_assert(offsetof(struct xfs_dsb, sb_versionnum) == 100, "sb_versionnum");
_Static_assert(offsetof(struct xfs_dsb, sb_blocklog) == 120, "sb_blocklog");
_Static_assert(offsetof(struct xfs_dsb, sb_dirblklog) == 192, "sb_dirblklog");
_Static_assert(offsetof(struct xfs_dsb, sb_features2) == 200, "sb_features2");
_Static_assert(offsetof(struct xfs_dsb, sb_crc) == 224, "sb_crc");
_Static_assert(offsetof(struct xfs_dsb, sb_meta_uuid) == 248, "sb_meta_uuid");

#define XFS_SB_VERSION_NUMBITS     0xfu
#define XFS_SB_VERSION_SHAREDBIT   0x200u
#define XFS_SB_VERSION_DIRV2BIT    0x2000u
#define XFS_SB_VERSION_BORGBIT     0x4000u /* ascii-ci */
#define XFS_SB_VERSION_MOREBITSBIT 0x8000u

/* Bits of sb_features2, in version 4: those that Linux knows. */
#define XFS_SB_VERSION2_FTYPE 0x200u
#define XFS_SB_VERSION2_KNOWN 0x38au /* lazy-count, attr2, projid32bit, crc, ftype */

#define XFS_SB_FEAT_INCOMPAT_FTYPE       0x1u
#define XFS_SB_FEAT_INCOMPAT_META_UUID   0x4u
#define XFS_SB_FEAT_INCOMPAT_NEEDSREPAIR 0x10u
/* ftype, sparse inodes, meta_uuid, bigtime, needsrepair, nrext64, exchange, parent, metadir, zoned,
 * zone gaps: all that were ever defined. */
#define XFS_SB_FEAT_INCOMPAT_KNOWN       0x7ffu

#define XFS_SB_FEAT_LOG_INCOMPAT_KNOWN 0x1u /* logged attributes */

#define XFS_DINODE_MAGIC 0x494e /* "IN" */

#define XFS_DINODE_VERSION_3 3

#define XFS_DINODE_FMT_LOCAL   1
#define XFS_DINODE_FMT_EXTENTS 2
#define XFS_DINODE_FMT_BTREE   3

#define XFS_DIFLAG_REALTIME 0x1u
#define XFS_DIFLAG2_BIGTIME 0x8u
#define XFS_DIFLAG2_NREXT64 0x10u

struct xfs_dinode {
	be16 di_magic;
	be16 di_mode;
	uint8_t di_version;
	uint8_t di_format;
	be16 di_onlink;
	be32 di_uid;
	be32 di_gid;
	be32 di_nlink;
	be32 di_projid;
	be64 di_big_nextents; /* with XFS_DIFLAG2_NREXT64 */
	be64 di_atime;
	be64 di_mtime; /* seconds and nanoseconds, or with XFS_DIFLAG2_BIGTIME nanoseconds */
	be64 di_ctime;
	be64 di_size;
	be64 di_nblocks;
	be32 di_extsize;
	be32 di_nextents;
	be16 di_anextents;
	uint8_t di_forkoff; /* the data fork's length in units of 8 bytes; 0: to the end */
	uint8_t di_aformat;
	be32 di_dmevmask;
	be16 di_dmstate;
	be16 di_flags;
	be32 di_gen;
	be32 di_next_unlinked;
	le32 di_crc; /* from here on version 3 */
	be64 di_changecount;
	be64 di_lsn;
	be64 di_flags2;
	be32 di_cowextsize;
	uint8_t di_pad2[12];
	be64 di_crtime;
	be64 di_ino;
	uint8_t di_uuid[16];
};

_Static_assert(sizeof(struct xfs_dinode) == 176, "inode");
_Static_assert(offsetof(struct xfs_dinode, di_size) == 56, "di_size");
_Static_assert(offsetof(struct xfs_dinode, di_forkoff) == 82, "di_forkoff");
_Static_assert(offsetof(struct xfs_dinode, di_flags) == 90, "di_flags");
_Static_assert(offsetof(struct xfs_dinode, di_crc) == 100, "di_crc");
_Static_assert(offsetof(struct xfs_dinode, di_flags2) == 120, "di_flags2");
_Static_assert(offsetof(struct xfs_dinode, di_ino) == 152, "di_ino");

#define XFS_DINODE_SIZE_OLD offsetof(struct xfs_dinode, di_crc)
#define XFS_CHUNK_MOST      256 /* inodes that are made at once */
#define XFS_INODE_SIZE_MAX  2048

/* BIGTIME counts from here, in seconds before 1970. */
#define XFS_BIGTIME_EPOCH ((uint64_t)1 << 31)

/* An extent: two big-endian words. */
struct xfs_bmbt_rec {
	be64 l0, l1;
};

#define XFS_BMAP_MAGIC     0x424d4150u /* "BMAP" */
#define XFS_BMAP_CRC_MAGIC 0x424d4133u /* "BMA3" */
#define XFS_BTREE_LEVELS   9

/* The root of a B+tree, in the inode: keys and pointers follow. */
struct xfs_bmdr_block {
	be16 bb_level;
	be16 bb_numrecs;
};

struct xfs_bmbt_block {
	be32 bb_magic;
	be16 bb_level;
	be16 bb_numrecs;
	be64 bb_leftsib;
	be64 bb_rightsib;
	be64 bb_blkno; /* in sectors of 512 bytes; from here on version 5 */
	be64 bb_lsn;
	uint8_t bb_uuid[16];
	be64 bb_owner;
	le32 bb_crc;
	be32 bb_pad;
};

_Static_assert(sizeof(struct xfs_bmbt_block) == 72, "bmbt block");
#define XFS_BMBT_BLOCK_SIZE_OLD offsetof(struct xfs_bmbt_block, bb_blkno)

#define XFS_SYMLINK_MAXLEN 1024
#define XFS_SYMLINK_MAGIC  0x58534c4du /* "XSLM" */

struct xfs_dsymlink_hdr {
	be32 sl_magic;
	be32 sl_offset;
	be32 sl_bytes;
	le32 sl_crc;
	uint8_t sl_uuid[16];
	be64 sl_owner;
	be64 sl_blkno;
	be64 sl_lsn;
};

_Static_assert(sizeof(struct xfs_dsymlink_hdr) == 56, "symlink header");

#define XFS_DIR2_BLOCK_MAGIC 0x58443242u /* "XD2B": names, and the index behind them */
#define XFS_DIR2_DATA_MAGIC  0x58443244u /* "XD2D": names only */
#define XFS_DIR3_BLOCK_MAGIC 0x58444233u /* "XDB3" */
#define XFS_DIR3_DATA_MAGIC  0x58444433u /* "XDD3" */

#define XFS_DIR2_SPACE_SIZE ((uint64_t)32 << 30) /* where the names of a directory end */

struct xfs_dir3_data_hdr {
	be32 magic;
	le32 crc;
	be64 blkno;
	be64 lsn;
	uint8_t uuid[16];
	be64 owner;
	uint8_t best_free[12];
	be32 pad;
};

_Static_assert(sizeof(struct xfs_dir3_data_hdr) == 64, "directory block");
#define XFS_DIR2_DATA_HDR_SIZE 16

/* A name in a directory block: then its bytes, with ftype the type, and in the last two bytes
 * before the next multiple of 8 its own place. */
struct xfs_dir2_data_entry {
	be64 inumber;
	uint8_t namelen;
};

struct xfs_dir2_data_unused {
	be16 freetag; /* XFS_DIR2_DATA_FREE_TAG */
	be16 length;
};

#define XFS_DIR2_DATA_FREE_TAG 0xffff
#define XFS_DIR2_DATA_ALIGN    8u

/* At the end of a directory's only block; before it `count` records of the index, 8 bytes each. */
struct xfs_dir2_block_tail {
	be32 count;
	be32 stale;
};

/* A directory in its inode: then the number of its parent, of 8 bytes if i8count is not 0, else 4,
 * and entries: xfs_dir2_sf_entry, the name, with ftype the type, an inode number of that length. */
struct xfs_dir2_sf_hdr {
	uint8_t count;
	uint8_t i8count;
};

struct xfs_dir2_sf_entry {
	uint8_t namelen;
	be16 offset;
};

#define XLOG_HEADER_MAGIC_NUM  0xfeedbabeu
#define XLOG_VERSION_1         1u
#define XLOG_VERSION_2         2u
#define XLOG_HEADER_CYCLE_SIZE 32768u /* bytes of a body for each block of its head */
#define XLOG_FMT_LINUX_LE      1u

/* The first block of the head of a record of the log. */
struct xlog_rec_header {
	be32 h_magicno;
	be32 h_cycle;
	be32 h_version;
	be32 h_len; /* bytes of the body */
	be64 h_lsn;
	be64 h_tail_lsn; /* cycle and block where the oldest change lies that is not in its place */
	le32 h_crc;
	be32 h_prev_block;
	be32 h_num_logops;
	be32 h_cycle_data[64];
	be32 h_fmt;
	uint8_t h_fs_uuid[16];
	be32 h_size; /* in version 2: the most bytes of a body, which the header has room for */
};

_Static_assert(sizeof(struct xlog_rec_header) == 324, "log record");
_Static_assert(offsetof(struct xlog_rec_header, h_tail_lsn) == 24, "h_tail_lsn");
_Static_assert(offsetof(struct xlog_rec_header, h_size) == 320, "h_size");

/* Bytes of it that its checksum covers, as 64-bit and 32-bit machines lay it out. */
#define XLOG_REC_HEADER_SIZE       328
#define XLOG_REC_HEADER_SIZE_32BIT 324

/* Each further block of the head. */
struct xlog_rec_ext_header {
	be32 xh_cycle;
	be32 xh_cycle_data[64];
};

_Static_assert(sizeof(struct xlog_rec_ext_header) == 260, "head of a log record");

#define XLOG_START_TRANS    0x1u
#define XLOG_COMMIT_TRANS   0x2u
#define XLOG_CONTINUE_TRANS 0x4u /* the region goes on in a later operation */
#define XLOG_WAS_CONT_TRANS 0x8u /* the region began in an earlier one */
#define XLOG_END_TRANS      0x10u
#define XLOG_UNMOUNT_TRANS  0x20u

#define XFS_TRANSACTION 0x69
#define XFS_LOG         0xaa

/* The head of an operation in a record. */
struct xlog_op_header {
	be32 oh_tid;
	be32 oh_len;
	uint8_t oh_clientid;
	uint8_t oh_flags;
	be16 oh_res2;
};

/* What follows lies in the log in the byte order of the machine that wrote it, little-endian, but
 * for what is a copy of the disk, and struct xfs_icreate_log. */
#define XFS_TRANS_HEADER_MAGIC 0x5452414eu

/* The first region of a transaction. */
struct xfs_trans_header {
	le32 th_magic;
	le32 th_type;
	le32 th_tid;
	le32 th_num_items;
};

/* The items. The first region of each says what it is, and how many regions it has. */
#define XFS_LI_FIRST   0x1236 /* XFS_LI_EFI */
#define XFS_LI_INODE   0x123b
#define XFS_LI_BUF     0x123c
#define XFS_LI_ICREATE 0x123f
#define XFS_LI_BUI     0x1244
#define XFS_LI_BUD     0x1245
#define XFS_LI_XMI     0x1248
#define XFS_LI_XMD     0x1249
#define XFS_LI_LAST    0x124f /* XFS_LI_CUD_RT */

#define XFS_LI_REGIONS_MOST 257

struct xfs_item {
	le16 type;
	le16 size; /* regions */
};

/* A buffer: parts of some blocks. Each bit of the map stands for XFS_BLF_CHUNK bytes; each run of
 * bits has a region. */
struct xfs_buf_log_format {
	struct xfs_item item;
	le16 blf_flags;
	le16 blf_len; /* in units of 512 bytes, as is blf_blkno */
	le64 blf_blkno;
	le32 blf_map_size; /* words of the map that follows */
};

_Static_assert(sizeof(struct xfs_buf_log_format) == 20, "buffer");

#define XFS_BLF_CHUNK      128u
#define XFS_BLF_INODE_BUF  0x1u
#define XFS_BLF_CANCEL     0x2u
#define XFS_BLF_DQUOT_BUF  0x1cu
#define XFS_BLFT_SHIFT     11
#define XFS_BLFT_BTREE     4
#define XFS_BLFT_DINO      8
#define XFS_BLFT_SYMLINK   9
#define XFS_BLFT_DIR_BLOCK 10
#define XFS_BLFT_DIR_DATA  11
#define XFS_BLFT_SB        18

/* An inode: what of it, and where it lies. */
struct xfs_inode_log_format {
	struct xfs_item item;
	le32 ilf_fields;
	le16 ilf_asize;
	le16 ilf_dsize;
	le32 ilf_pad;
	le64 ilf_ino;
	uint8_t ilf_u[16];
	le64 ilf_blkno; /* of the buffer, in units of 512 bytes, as is ilf_len */
	le32 ilf_len;
	le32 ilf_boffset; /* bytes */
};

_Static_assert(sizeof(struct xfs_inode_log_format) == 56, "logged inode");

#define XFS_ILOG_DDATA  0x2u
#define XFS_ILOG_DEXT   0x4u
#define XFS_ILOG_DBROOT 0x8u

#define XFS_LOG_DINODE_SIZE_OLD 96 /* bytes of a logged inode's core; of version 5 all of it */

/* Inodes that were made. Big-endian. */
struct xfs_icreate_log {
	struct xfs_item item; /* this alone is not */
	be32 icl_ag;
	be32 icl_agbno;
	be32 icl_count;
	be32 icl_isize;
	be32 icl_length; /* blocks */
	be32 icl_gen;
};

_Static_assert(sizeof(struct xfs_icreate_log) == 28, "made inodes");

/* The head of BUI, BUD, XMI and XMD; in BUI and XMI an inode follows, in XMI two. */
struct xfs_intent {
	struct xfs_item item;
	le32 pad;
	le64 id;
	le64 inodes[2];
};

#endif
