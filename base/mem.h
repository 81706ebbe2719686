/* Memory: the compiler's own four functions, and the seam through which large pieces are had. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* N bytes, not cleared, aligned to 4096; NULL when there are none. Implemented by whoever links us:
 * efi/memory.c, host/memory.c, test/unit/memory.c. The caller gives them back with mem_free(). */
void *mem_alloc(size_t n);

/* Gives back what mem_alloc(N) gave. NULL is allowed. */
void mem_free(void *, size_t n);

#endif
