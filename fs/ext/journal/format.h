/* The journal as it lies on the disk: jbd2, big-endian.
 *
 * Block 0 of the journal is its superblock. The log is a ring from s_first to the end of the
 * journal, less the area for fast commits. A transaction is a chain of blocks that carry its
 * sequence number: descriptor blocks, each followed by data blocks, for which its tags say, in
 * order, where in the file system they belong; revoke blocks, which list blocks whose older copies
 * must not be replayed; and one commit block at the end. Only a transaction with its commit block
 * counts. A data block that begins with the journal's magic number is escaped: its first four bytes
 * are stored as zeros. Kernel documentation: filesystems/ext4/journal.rst. */
#ifndef FS_EXT_JOURNAL_FORMAT_H
#define FS_EXT_JOURNAL_FORMAT_H

#include <stddef.h>

#include "base/bytes.h"

#define JBD2_MAGIC_NUMBER 0xc03b3998u

#define JBD2_DESCRIPTOR_BLOCK 1
#define JBD2_COMMIT_BLOCK     2
#define JBD2_SUPERBLOCK_V1    3
#define JBD2_SUPERBLOCK_V2    4
#define JBD2_REVOKE_BLOCK     5

#define JBD2_FEATURE_COMPAT_CHECKSUM       0x01u /* version 1: over all blocks of a transaction */
#define JBD2_FEATURE_INCOMPAT_REVOKE       0x01u
#define JBD2_FEATURE_INCOMPAT_64BIT        0x02u
#define JBD2_FEATURE_INCOMPAT_ASYNC_COMMIT 0x04u
#define JBD2_FEATURE_INCOMPAT_CSUM_V2      0x08u
#define JBD2_FEATURE_INCOMPAT_CSUM_V3      0x10u
#define JBD2_FEATURE_INCOMPAT_FAST_COMMIT  0x20u

#define JBD2_FLAG_ESCAPE    1u
#define JBD2_FLAG_SAME_UUID 2u
#define JBD2_FLAG_LAST_TAG  8u

#define JBD2_CRC32_CHKSUM      1
#define JBD2_CRC32_CHKSUM_SIZE 4
#define JBD2_CRC32C_CHKSUM     4 /* in the superblock, versions 2 and 3 */

#define JBD2_UUID_BYTES        16
#define JBD2_TAIL_BYTES        4   /* a checksum at the end of descriptor and revoke blocks */
#define JBD2_DEFAULT_FC_BLOCKS 256 /* when s_num_fc_blks is 0 */
#define JBD2_SUPERBLOCK_BYTES  1024
#define JBD2_COMMIT_BYTES      64 /* of a commit block: the rest holds nothing */

struct journal_header {
	be32 h_magic;
	be32 h_blocktype;
	be32 h_sequence;
};

struct journal_superblock {
	struct journal_header s_header;
	be32 s_blocksize;
	be32 s_maxlen;
	be32 s_first;
	be32 s_sequence; /* the first transaction expected in the log */
	be32 s_start;    /* its block; 0: the log is empty */
	be32 s_errno;
	be32 s_feature_compat; /* from here on, version 2 only */
	be32 s_feature_incompat;
	be32 s_feature_ro_compat;
	uint8_t s_uuid[JBD2_UUID_BYTES];
	be32 s_nr_users;
	be32 s_dynsuper;
	be32 s_max_transaction;
	be32 s_max_trans_data;
	uint8_t s_checksum_type;
	uint8_t s_padding2[3];
	be32 s_num_fc_blks;
	be32 s_head;
	be32 s_padding[40];
	be32 s_checksum;
	uint8_t s_users[768];
};

_Static_assert(offsetof(struct journal_superblock, s_feature_compat) == 0x24, "layout");
_Static_assert(offsetof(struct journal_superblock, s_uuid) == 0x30, "layout");
_Static_assert(offsetof(struct journal_superblock, s_num_fc_blks) == 0x54, "layout");
_Static_assert(offsetof(struct journal_superblock, s_checksum) == 0xfc, "layout");
_Static_assert(sizeof(struct journal_superblock) == JBD2_SUPERBLOCK_BYTES, "layout");

/* With CSUM_V3; 16 bytes. */
struct journal_block_tag3 {
	be32 t_blocknr;
	be32 t_flags;
	be32 t_blocknr_high;
	be32 t_checksum;
};

/* Without CSUM_V3. t_blocknr_high is there only with 64BIT; two more bytes follow with CSUM_V2. */
struct journal_block_tag {
	be32 t_blocknr;
	be16 t_checksum;
	be16 t_flags;
	be32 t_blocknr_high;
};

_Static_assert(sizeof(struct journal_block_tag3) == 16, "layout");
_Static_assert(sizeof(struct journal_block_tag) == 12, "layout");

struct commit_header {
	struct journal_header h_header;
	uint8_t h_chksum_type;
	uint8_t h_chksum_size;
	uint8_t h_padding[2];
	be32 h_chksum[8];
	be64 h_commit_sec;
	be32 h_commit_nsec;
};

_Static_assert(offsetof(struct commit_header, h_chksum) == 0x10, "layout");
_Static_assert(offsetof(struct commit_header, h_commit_sec) == 0x30, "layout");

struct journal_revoke_header {
	struct journal_header r_header;
	be32 r_count; /* bytes used in the block, this header too */
};

_Static_assert(sizeof(struct journal_revoke_header) == 16, "layout");

/* Fast commits (fs/ext4/fast_commit.h), each a chain of records: a head, changes, a tail. They are
 * little-endian. A record does not cross the end of a block. */
#define EXT4_FC_TAG_ADD_RANGE 1
#define EXT4_FC_TAG_DEL_RANGE 2
#define EXT4_FC_TAG_CREAT     3
#define EXT4_FC_TAG_LINK      4
#define EXT4_FC_TAG_UNLINK    5
#define EXT4_FC_TAG_INODE     6
#define EXT4_FC_TAG_PAD       7
#define EXT4_FC_TAG_TAIL      8
#define EXT4_FC_TAG_HEAD      9

struct ext4_fc_tl {
	le16 fc_tag;
	le16 fc_len; /* of the value that follows */
};

struct ext4_fc_head {
	le32 fc_features;
	le32 fc_tid;
};

struct ext4_fc_add_range {
	le32 fc_ino;
	uint8_t fc_ex[12]; /* struct ext4_extent */
};

struct ext4_fc_del_range {
	le32 fc_ino;
	le32 fc_lblk;
	le32 fc_len;
};

/* The name follows; in struct ext4_fc_inode the raw inode. */
struct ext4_fc_dentry_info {
	le32 fc_parent_ino;
	le32 fc_ino;
};

struct ext4_fc_inode {
	le32 fc_ino;
};

struct ext4_fc_tail {
	le32 fc_tid;
	le32 fc_crc; /* over all records from the head on, to here */
};

_Static_assert(sizeof(struct ext4_fc_tl) == 4, "layout");
_Static_assert(sizeof(struct ext4_fc_head) == 8, "layout");
_Static_assert(sizeof(struct ext4_fc_tail) == 8, "layout");
_Static_assert(sizeof(struct ext4_fc_add_range) == 16, "layout");
_Static_assert(sizeof(struct ext4_fc_del_range) == 12, "layout");
_Static_assert(sizeof(struct ext4_fc_dentry_info) == 8, "layout");

#endif
