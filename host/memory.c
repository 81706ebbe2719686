/* mem_alloc() on Linux. */
#include <stdlib.h>

#include "base/mem.h"

void *mem_alloc(size_t n)
{
	void *p;

	return posix_memalign(&p, 4096, n != 0 ? n : 1) == 0 ? p : NULL;
}

void mem_free(void *p, size_t n)
{
	(void)n;
	free(p);
}
