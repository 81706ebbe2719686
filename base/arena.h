/* An arena: memory for small things that are made one by one and freed together. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_chunk;

/* All zero is an empty arena without a limit. */
struct arena {
	struct arena_chunk *chunks; /* newest first */
	size_t limit;               /* most bytes to take from mem_alloc(); 0: no limit */
	size_t taken;               /* bytes taken from mem_alloc() so far */
};

/* Returns N zeroed bytes, aligned to 16, that live until arena_free(); NULL when memory or the
 * limit is used up. N may be 0. */
void *arena_alloc(struct arena *, size_t n);

/* Returns N objects of SIZE bytes, as arena_alloc() does; NULL also when N * SIZE overflows. */
void *arena_array(struct arena *, size_t n, size_t size);

/* Gives all memory back to mem_free(). The arena is empty afterwards and may be used again. */
void arena_free(struct arena *);

#endif
