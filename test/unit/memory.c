/* mem_alloc() for the tests: the heap under ASan, and it can be told to run dry. */
#include "test/unit/memory.h"

#include <stdlib.h>

#include "base/mem.h"

size_t memory_budget = SIZE_MAX;
size_t memory_used, memory_peak;

void *mem_alloc(size_t n)
{
	void *p;

	if (n > memory_budget - memory_used || posix_memalign(&p, 4096, n ? n : 1) != 0)
		return NULL;
	memory_used += n;
	if (memory_used > memory_peak)
		memory_peak = memory_used;
	memset(p, 0xa5, n); /* "not cleared" is a promise */
	return p;
}

void mem_free(void *p, size_t n)
{
	if (p == NULL)
		return;
	memory_used -= n;
	free(p);
}
