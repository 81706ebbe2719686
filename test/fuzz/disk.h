/* The valid file systems that fuzzing starts from, and the checksums that make a lie credible. */
#ifndef TEST_FUZZ_DISK_H
#define TEST_FUZZ_DISK_H

#include "test/fuzz/fuzz.h"

#define DISKS_MOST  16
#define PIECES_MOST 256

/* A piece of metadata that has a checksum of its own where the file system has any. */
struct piece {
	enum piece_kind { PIECE_SUPER, PIECE_GROUP, PIECE_INODE, PIECE_EXTENTS, PIECE_DIR } kind;
	uint32_t number; /* of the group, or the inode that it belongs to */
	uint32_t block;  /* of an extent or directory block */
	uint32_t at;     /* of a directory block: its place in the directory */
	bool touched;
};

/* An image in memory, as mke2fs made it and as it is changed. */
struct fuzz_disk {
	struct block block; /* first: it is our handle */
	struct report report;
	uint8_t *clean, *bytes;
	size_t size;
	uint32_t block_size, inode_size, desc_size, inodes_per_group, groups, first_block;
	struct piece pieces[PIECES_MOST];
	unsigned count;
};

/* Those of test/fuzz/images whose name begins with PREFIX, after those that were loaded before;
 * stops without any. "" is all but those with fast commits or with a menu. */
extern struct fuzz_disk fuzz_disks[DISKS_MOST];
extern unsigned fuzz_disks_count;
void fuzz_disks_load(const char *prefix);

/* As it was made, and with an empty report. */
void fuzz_disk_reset(struct fuzz_disk *);

/* Where the bytes of a piece begin, and how many they are. */
uint8_t *piece_bytes(struct fuzz_disk *, const struct piece *, size_t *n);

/* Gives each piece that was touched, and what depends on it, the checksum that it should have. */
void fuzz_disk_seal(struct fuzz_disk *);

/* The bytes of an inode. */
uint8_t *fuzz_inode(struct fuzz_disk *, uint32_t number);

/* Writes to HOME which blocks of the disk are the first COUNT of its journal; stops when it has
 * fewer. The disk is as it was made. */
void fuzz_journal_blocks(struct fuzz_disk *, uint32_t *home, uint32_t count);

#endif
