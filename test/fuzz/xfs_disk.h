/* The valid XFS file systems that fuzzing starts from, and the checksums that make a lie credible.
 */
#ifndef TEST_FUZZ_XFS_DISK_H
#define TEST_FUZZ_XFS_DISK_H

#include "test/fuzz/fuzz.h"

#define XFS_DISKS_MOST  16
#define XFS_PIECES_MOST 8192

/* A piece of metadata that has a checksum of its own in version 5; a record of the log has one in
 * version 4 too. */
struct xfs_piece {
	enum xfs_kind { XFS_SUPER, XFS_INODE, XFS_TREE, XFS_DIR, XFS_LINK, XFS_RECORD } kind;
	size_t at, n;    /* in the image */
	uint8_t *before; /* its bytes, once it is touched; else NULL */
};

/* An image in memory. */
struct xfs_disk {
	struct block block; /* first: it is our handle */
	struct report report;
	uint8_t *bytes;
	size_t size;
	uint32_t block_size, dir_size, inode_size, sector_size, group_blocks, group_bits;
	size_t log, log_end; /* where the log lies */
	bool version_5;
	struct xfs_piece pieces[XFS_PIECES_MOST];
	unsigned count;
};

/* Those in FOLDER of the images, after those that were loaded before; stops without any. */
extern struct xfs_disk xfs_disks[XFS_DISKS_MOST];
extern unsigned xfs_disks_count;
void xfs_disks_load(const char *folder);

/* As it was made, and with an empty report. */
void xfs_disk_reset(struct xfs_disk *);

/* The bytes of a piece, which may be changed from now on. The cycle numbers that stand in a
 * record's body are gone until the disk is sealed. */
uint8_t *xfs_touch(struct xfs_disk *, struct xfs_piece *);

/* Gives each piece that was touched the checksum that it should have. */
void xfs_disk_seal(struct xfs_disk *);

/* Bytes of the head of a record, at most those of the piece. */
size_t xfs_record_head(const uint8_t *record, size_t n);

/* The numbers by which the disk names the block and the inode that a piece begins with. */
uint64_t xfs_block_number(const struct xfs_disk *, const struct xfs_piece *);
uint64_t xfs_inode_number(const struct xfs_disk *, const struct xfs_piece *);

#endif
