/* The journal of a file system that was not unmounted: read, never replayed. */
#ifndef FS_EXT_JOURNAL_JBD2_H
#define FS_EXT_JOURNAL_JBD2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "fs/ext/journal/format.h"
#include "fs/ext/journal/map.h"

/* The log is read in pieces of so many bytes at most, or of a block. */
#define JBD2_WINDOW_BYTES (256u * 1024)

struct ext;
struct ext_inode;

/* The journal's superblock, checked, and what follows from it. Blocks are counted in the journal.
 */
struct jbd2 {
	struct ext *fs;
	const struct ext_inode *inode; /* the journal is this file */
	uint32_t block_size;
	uint32_t first, end; /* the ring of the log: first <= block < end */
	uint32_t start;      /* where it begins; 0: it is empty */
	uint32_t sequence;   /* the transaction it begins with; after jbd2_scan(), the next one */
	uint32_t fast, fast_end; /* the fast-commit area; equal when there is none */
	bool csum_v1, csum_v2, csum_v3, wide, async;
	uint32_t seed; /* of the checksums of versions 2 and 3 */
	uint32_t tag_bytes;
	uint8_t *window;
	size_t window_bytes;              /* it grows with AHEAD */
	uint32_t window_at, window_count; /* the blocks in it */
	uint32_t ahead;                   /* so many blocks were to be read at once */
};

/* Reads and checks the superblock of the journal that the file INODE of FS holds. The caller ends
 * with jbd2_close() when it succeeded. E_UNSUPPORTED for a feature that we do not know, E_CORRUPT
 * when the kernel would refuse to replay this journal; reported. */
enum status jbd2_open(struct ext *fs, const struct ext_inode *inode, struct jbd2 *);
void jbd2_close(struct jbd2 *);

/* Block BLOCK of the journal; it stays until the next call. Blocks that follow are read with it,
 * the more of them the longer the walk takes all as they come. */
enum status jbd2_block(struct jbd2 *, uint32_t block, const uint8_t **);

/* True when a whole fast commit follows the log that jbd2_scan() has walked: changes since the last
 * commit, in a short form (fs/ext4/fast_commit.h). What is left of earlier ones, or was not written
 * to its end, does not count. */
enum status jbd2_has_fast_commits(struct jbd2 *, bool *);

/* Walks the log as the kernel's recovery does (fs/jbd2/recovery.c) and adds every block of a
 * committed transaction to MAP, which is finished then. Where the log ends because it is damaged,
 * that is told in the report and the transactions before count. Fails with E_IO, E_NO_MEMORY and
 * E_LIMIT. */
enum status jbd2_scan(struct jbd2 *, struct journal_map *);

#endif
