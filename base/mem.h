/* Memory: the four functions that the compiler calls by itself, and the allocator, which each
 * program brings. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* As in the C library. For the loader, efi/memcmp.c and the processor's string.c implement them. */
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* Returns N bytes, not cleared, aligned to 4096; NULL when there are none. The caller gives them
 * back with mem_free(). Implemented in efi/memory.c, host/memory.c and test/unit/memory.c. */
void *mem_alloc(size_t n);

/* Gives back what mem_alloc(N) returned, with the same N. NULL is allowed. */
void mem_free(void *, size_t n);

#endif
