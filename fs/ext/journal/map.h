/* The journal map: how blocks are read as a replay of the journal would have written them.
 *
 * The disk of a guest that was not shut down is out of date: the newest copies of some blocks lie
 * in the log of its journal, and Linux copies them to their places when it mounts the disk.
 * Partless never writes. It reads the log once (scan.c) and notes in this map where the copy of
 * each block lies; from then on ext_read() (fs/ext/block.c) looks every block up here:
 *
 *      the log     D7  a1  b1  C7    D8  a2  R(b)  C8    D9  a3
 *      the map     a: a2, and before it a1
 *      reading     block a gives a2; b, and any other block, what the disk has
 *
 *      Dn, Cn: descriptor and commit block of transaction n; R(b): revoke record for block b
 *
 * Three rules make this the same as a replay:
 *
 *   - Only a transaction that ends with its commit block counts. Number 9 does not.
 *   - The newest copy of a block counts. Its checksum is verified when the copy is read, so that a
 *     boot need not read all copies. If it is wrong, the next older copy counts, or the block on
 *     the disk when there is none. (e2fsck does so; Linux refuses to mount the disk.)
 *   - A revoke record voids the copies of its block in its own transaction and in earlier ones.
 *     The block was freed, and may now hold file data, which Linux writes straight to its place. */
#ifndef FS_EXT_JOURNAL_MAP_H
#define FS_EXT_JOURNAL_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* A block of the file system that has a newer copy in the log. */
struct journal_copy {
	uint64_t home;  /* the block of the file system that it is a copy of */
	uint64_t at;    /* the block of the disk, in the log, that holds the copy */
	uint32_t tid;   /* the transaction that wrote it */
	uint32_t order; /* of two copies of one block the newer has the greater */
	uint32_t checksum;
	bool escaped; /* begins with the journal's magic number; the log has zeros there */
	bool checked; /* the checksum is right, or there is none */
	bool newest;  /* of its block; set by journal_map_finish() */
};

/* A block that transaction TID freed: its copies of TID and of earlier ones are void. */
struct journal_revoke {
	uint64_t home;
	uint32_t tid;
};

/* The most copies, and the most revoke records at once. This is four times the copies that the
 * largest journal holds that mke2fs makes by default, 1 GiB. It bounds the memory at 64 MiB. */
#define JOURNAL_RECORDS_MAX (1u << 20)

/* All zero is an empty map. Its memory grows as copies and revoke records are added. */
struct journal_map {
	/* As they were added. Once finished: `count` newest copies, one for a block, sorted by
	 * home; then `older` others, sorted by home and order. */
	struct journal_copy *copies;
	size_t count, capacity, older;
	uint32_t seed;          /* of the checksums of copies */
	uint32_t checksum_bits; /* a mask: the bits of a checksum that the log stores */
	struct journal_revoke *revokes;
	size_t revokes_count, revokes_capacity;
};

/* Adds a copy (its `order` is set here), or a revoke record. E_NO_MEMORY, and E_LIMIT beyond
 * JOURNAL_RECORDS_MAX, are not reported: the caller knows what is lost. */
enum status journal_map_add(struct journal_map *, const struct journal_copy *);
enum status journal_map_revoke(struct journal_map *, uint64_t home, uint32_t tid);

/* Drops the copies that the first REVOKES revoke records void, which makes room for more of either,
 * and forgets these records. Returns how many of the first COPIES copies are left. */
size_t journal_map_settle(struct journal_map *, size_t copies, size_t revokes);

/* True when no more copies, or no more revoke records, can be added. */
bool journal_map_full(const struct journal_map *);

/* Ends the adding: drops the copies that were revoked, sorts the others, and frees the revoke
 * records. Transaction numbers wrap, and are compared as jbd2 does. */
void journal_map_finish(struct journal_map *);

/* The newest copy of BLOCK, or else of the next block that has one; NULL when there is none. The
 * map must be finished. */
struct journal_copy *journal_map_find(struct journal_map *, uint64_t block);

/* Makes *COPY, which journal_map_find() returned, the next older copy of its block; when there is
 * none, the block on the disk. */
void journal_map_older(struct journal_map *, struct journal_copy *);

/* Frees the map, which is empty then. */
void journal_map_free(struct journal_map *);

#endif
