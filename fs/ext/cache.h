/* A small cache of metadata blocks: bounded, least recently used goes first. */
#ifndef FS_EXT_CACHE_H
#define FS_EXT_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Memory for blocks: 64 KiB, but never fewer blocks than the deepest tree has levels to remember.
 */
#define CACHE_BYTES     (64u * 1024)
#define CACHE_SLOTS     64
#define CACHE_SLOTS_MIN 6

struct cache_slot {
	uint64_t block;
	uint64_t used;  /* when; 0: the slot is empty */
	uint64_t proof; /* what the block's content was last found to be; 0: nothing yet */
	uint8_t *data;
};

struct cache {
	struct cache_slot slots[CACHE_SLOTS];
	unsigned count;
	uint64_t clock;
	uint8_t *memory;
	size_t bytes;
};

/* Takes the memory for blocks of BLOCK_SIZE bytes; false when there is none. *CACHE is zeroed. */
bool cache_init(struct cache *, size_t block_size);

/* The slot of BLOCK if it is here, else an empty one that the caller fills, and then marks with
 * cache_filled(). Its data stays until the next call. Never NULL. */
struct cache_slot *cache_slot(struct cache *, uint64_t block);

/* SLOT now holds BLOCK. */
void cache_filled(struct cache *, struct cache_slot *, uint64_t block);

/* Forgets the blocks of which CHANGED(CONTEXT, block) is true. */
void cache_forget(struct cache *, bool (*changed)(void *context, uint64_t block), void *context);

void cache_free(struct cache *);

#endif
