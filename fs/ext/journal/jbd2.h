/* The journal of a file system that was not unmounted. It is read, never written back: map.h says
 * how. */
#ifndef FS_EXT_JOURNAL_JBD2_H
#define FS_EXT_JOURNAL_JBD2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "fs/ext/journal/format.h"
#include "fs/ext/journal/map.h"

/* The most bytes of the log that are read at once; one block if that is larger. */
#define JBD2_WINDOW_BYTES (256u * 1024)

struct ext;
struct ext_inode;

/* An open journal: its superblock, checked, and what follows from it. Numbers of blocks count from
 * the start of the journal. */
struct jbd2 {
	struct ext *fs;
	const struct ext_inode *inode; /* the journal is this file */
	uint32_t block_size;
	uint32_t first, end; /* the ring of the log: first <= block < end */
	uint32_t start;      /* where the log begins; 0: it is empty */
	uint32_t
		sequence; /* its first transaction; after jbd2_scan(), the one that would be next */
	uint32_t fast, fast_end; /* the fast-commit area; equal when there is none */
	bool csum_v1, csum_v2, csum_v3, wide, async;
	uint32_t seed; /* of the checksums of versions 2 and 3 */
	uint32_t tag_bytes;
	uint8_t *window;                  /* blocks that were read */
	size_t window_bytes;              /* grows with `ahead` */
	uint32_t window_at, window_count; /* its first block, and how many it holds */
	uint32_t ahead; /* blocks to read at once; doubles while the log is read in order */
};

/* Opens the journal that the file INODE of FS holds, which both must outlive, and checks its
 * superblock. After OK the caller ends with jbd2_close(). E_UNSUPPORTED for a feature that we do
 * not know, E_CORRUPT when the kernel would refuse to replay this journal, E_IO, E_NO_MEMORY;
 * reported. */
enum status jbd2_open(struct ext *fs, const struct ext_inode *inode, struct jbd2 *);

/* Gives back the window. */
void jbd2_close(struct jbd2 *);

/* Reads block BLOCK of the journal; it is borrowed until the next call. Reads the blocks behind it
 * too, and more of them the longer the journal is read in order. */
enum status jbd2_block(struct jbd2 *, uint32_t block, const uint8_t **);

/* The records of fast commits, one behind the other, each a struct ext4_fc_tl and its value. All
 * zero is none. */
struct fast_records {
	uint8_t *bytes;
	size_t n, room; /* bytes that count, and that there is room for */
};

/* Reads the fast commits behind the log that jbd2_scan() has read. They hold the changes since the
 * last commit in a short form (fs/ext4/fast_commit.h). Remains of earlier ones, and one that was
 * not written to its end, do not count; nor do heads, tails and padding get into RECORDS, whose
 * values have the lengths that their tags ask for. The caller ends with fast_records_free() either
 * way. E_NO_MEMORY; else fails as jbd2_block() does; reported. */
enum status jbd2_fast_commits(struct jbd2 *, struct fast_records *);

/* Gives the memory back. */
void fast_records_free(struct fast_records *);

/* Reads the log as the kernel's recovery does (fs/jbd2/recovery.c), adds every block of a committed
 * transaction to MAP, and finishes MAP. At damage the log ends, with a remark; the transactions
 * before it count. Fails with E_IO, E_NO_MEMORY and E_LIMIT, reported. */
enum status jbd2_scan(struct jbd2 *, struct journal_map *);

#endif
