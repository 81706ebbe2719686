/* Blocks of an XFS file system: every read, where blocks lie, and whether they are what was
 * written. */
#ifndef FS_XFS_BLOCK_H
#define FS_XFS_BLOCK_H

#include "fs/xfs/state.h"

/* Reads BYTES bytes at OFFSET of the file system, as a replay of the log would leave them. Every
 * read but those of the log goes through here. E_IO, E_CORRUPT when the range is not on the disk,
 * E_LIMIT when the volume has cost too much; reported. */
enum status xfs_read(struct inodes *, uint64_t offset, void *to, size_t bytes);

/* True when the COUNT > 0 blocks from block number NUMBER on lie in one AG, behind its superblock.
 * *BLOCK is then where the first lies on the disk, counted in blocks. */
bool xfs_place(const struct xfs_super *, uint64_t number, uint64_t count, uint64_t *block);

/* True when the CRC32C of N bytes, stored at their byte AT, is right. */
bool xfs_crc_good(const uint8_t *bytes, size_t n, size_t at);

/* What version 5 says of an inode, and of a block of one. */
struct xfs_mark {
	const uint8_t *bytes;
	size_t n, crc_at; /* its length; where its checksum lies */
	const uint8_t *uuid;
	be64 owner;
	uint64_t at;    /* byte of the disk; 0: in pieces, or the disk is not to be asked */
	size_t lsn_at;  /* where its LSN lies */
	uint64_t first; /* xfs_changes_first(), for all of it */
};

/* What is wrong with the mark of what belongs to inode NUMBER, in words; NULL when nothing is, or
 * in version 4. The checksum of what a replay of the log would change is that from before. Linux
 * leaves out changes that the disk has already, by its LSN, and verifies what is there: a block of
 * which only the first sectors were written has the LSN, but not the changes. So what is changed is
 * read once as it is on the disk. */
const char *xfs_fault_in_mark(struct xfs *, uint64_t number, const struct xfs_mark *);

#endif
