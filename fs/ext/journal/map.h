/* Where the newest committed copy of a block lies: what a replay would have written, as a map. */
#ifndef FS_EXT_JOURNAL_MAP_H
#define FS_EXT_JOURNAL_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* A block of the file system that has a newer copy in the log. */
struct journal_copy {
	uint64_t home;  /* its place in the file system */
	uint64_t at;    /* the disk block in the log that holds the copy */
	uint32_t tid;   /* the transaction that wrote it */
	uint32_t order; /* copies of one block: the greater is the newer */
	uint32_t checksum;
	bool escaped; /* its first four bytes are the journal's magic number */
	bool checked; /* it may be used: its checksum is right, or it has none */
	bool newest;  /* set by journal_map_finish() */
};

/* A block that was freed: copies of transactions up to TID are void. */
struct journal_revoke {
	uint64_t home;
	uint32_t tid;
};

/* The most copies, and the most revoke records. Four times what fits into the largest journal that
 * mke2fs makes unasked, 1 GiB, is enough; it bounds the memory at 64 MiB. */
#define JOURNAL_RECORDS_MAX (1u << 20)

/* All zero is an empty map. Memory grows with the number of copies and revokes that were added. */
struct journal_map {
	struct journal_copy *copies; /* once journal_map_finish() ran, the newest, sorted by home */
	size_t count, capacity;
	size_t older;  /* so many copies that are not the newest of their block stand behind them */
	uint32_t seed; /* of the copies' checksums */
	uint32_t checksum_bits; /* those of them that a tag has room for */
	struct journal_revoke *revokes;
	size_t revokes_count, revokes_capacity;
};

/* Adds a copy or a revoke record. E_NO_MEMORY, and E_LIMIT beyond JOURNAL_RECORDS_MAX,
 * are not reported: the caller knows what is lost. */
enum status journal_map_add(struct journal_map *, const struct journal_copy *);
enum status journal_map_revoke(struct journal_map *, uint64_t home, uint32_t tid);

/* True when no more copies, or no more revoke records, can be added. */
bool journal_map_full(const struct journal_map *);

/* Drops what was revoked, sorts the rest, the newest copy of each block in front, and frees the
 * revoke records. Transaction numbers are compared as jbd2 does, in a ring. */
void journal_map_finish(struct journal_map *);

/* The first copy whose home is BLOCK or greater; NULL when there is none. Needs a finished map. */
struct journal_copy *journal_map_find(struct journal_map *, uint64_t block);

/* BLOCK, N bytes as they lie in the log, has the checksum of COPY, which is not `checked` yet
 * (jbd2_block_tag_csum_verify() in the kernel). */
bool journal_copy_good(const struct journal_map *, const struct journal_copy *, const void *block,
		       size_t n);

/* Puts the next older copy of the same block in the place of COPY, one of those found: when there
 * is none, the block itself. */
void journal_map_older(struct journal_map *, struct journal_copy *);

/* Frees the map, which is empty then. */
void journal_map_free(struct journal_map *);

#endif
