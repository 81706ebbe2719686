/* A small cache for blocks of metadata. When it is full, the block that was not used for the
 * longest is replaced. */
#ifndef FS_CACHE_H
#define FS_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* The memory is 64 KiB, but room for at least as many blocks as the deepest tree has levels. */
#define CACHE_BYTES     (64u * 1024)
#define CACHE_SLOTS     64
#define CACHE_SLOTS_MIN 6

struct cache_slot {
	uint64_t block;
	uint64_t used;  /* the clock at the last use; 0: the slot is empty */
	uint64_t proof; /* what the owner has verified of the content; 0: nothing yet */
	uint8_t *data;
};

struct cache {
	struct cache_slot slots[CACHE_SLOTS];
	unsigned count;
	uint64_t clock; /* counts uses */
	uint8_t *memory;
	size_t bytes;
};

/* Allocates the memory for blocks of BLOCK_SIZE bytes, a power of two; false when there is none.
 * The caller ends with cache_free() either way. */
bool cache_init(struct cache *, size_t block_size);

/* The slot that holds BLOCK. If none does, an empty one (`used` is 0): the caller fills its data
 * and then calls cache_filled(). The data stays until the next call. Never NULL. */
struct cache_slot *cache_slot(struct cache *, uint64_t block);

/* Notes that SLOT now holds BLOCK. */
void cache_filled(struct cache *, struct cache_slot *, uint64_t block);

/* Forgets the blocks of which CHANGED(CONTEXT, block) is true. */
void cache_forget(struct cache *, bool (*changed)(void *context, uint64_t block), void *context);

/* Gives the memory back. */
void cache_free(struct cache *);

#endif
