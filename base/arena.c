/* An arena over chunks from mem_alloc(). */
#include "base/arena.h"

#include <stdint.h>

#include "base/mem.h"

#define ALIGN      16
#define CHUNK_SIZE (16 * 1024)

struct arena_chunk {
	struct arena_chunk *next;
	size_t size; /* of the whole chunk, this header too */
	size_t used;
	size_t unused; /* so that bytes[] is aligned to ALIGN */
	char bytes[];
};

_Static_assert(sizeof(struct arena_chunk) % ALIGN == 0, "bytes[] keeps the alignment");

static struct arena_chunk *chunk_add(struct arena *a, size_t n)
{
	size_t size = n > CHUNK_SIZE - sizeof(struct arena_chunk) ? n + sizeof(struct arena_chunk)
								  : CHUNK_SIZE;
	struct arena_chunk *chunk;

	if (a->limit != 0 && size > a->limit - a->taken)
		return NULL;
	chunk = mem_alloc(size);
	if (chunk == NULL)
		return NULL;
	*chunk = (struct arena_chunk){.next = a->chunks, .size = size};
	a->chunks = chunk;
	a->taken += size;
	return chunk;
}

void *arena_alloc(struct arena *a, size_t n)
{
	struct arena_chunk *chunk = a->chunks;
	void *p;

	if (n > SIZE_MAX / 2)
		return NULL;
	n = (n + ALIGN - 1) / ALIGN * ALIGN;
	if (chunk == NULL || n > chunk->size - sizeof(*chunk) - chunk->used)
		chunk = chunk_add(a, n);
	if (chunk == NULL)
		return NULL;
	p = chunk->bytes + chunk->used;
	chunk->used += n;
	return memset(p, 0, n);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? NULL : arena_alloc(a, bytes);
}

void arena_free(struct arena *a)
{
	while (a->chunks != NULL) {
		struct arena_chunk *chunk = a->chunks;

		a->chunks = chunk->next;
		mem_free(chunk, chunk->size);
	}
	a->taken = 0;
}
