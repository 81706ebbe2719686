/* An arena: small things that are made one by one and die together. */
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

/* N zeroed bytes, aligned to 16, that live until arena_free(); NULL when memory or the limit is
 * used up. N may be 0. */
void *arena_alloc(struct arena *, size_t n);

/* N objects of SIZE bytes as arena_alloc() gives them; NULL also when the product overflows. */
void *arena_array(struct arena *, size_t n, size_t size);

/* Gives all memory back. The arena is empty afterwards and may be used again. */
void arena_free(struct arena *);

#endif
