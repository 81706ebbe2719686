/* The one gate to a disk: no read passes that does not lie inside it. */
#include "fs/block.h"

enum status block_read(struct block *b, uint64_t offset, void *to, size_t bytes)
{
	if (bytes == 0)
		return OK;
	if (offset > b->size || bytes > b->size - offset)
		return fail(b->report, E_CORRUPT,
			    "%.*s: %zu bytes from byte %lu lie beyond its end, it has %lu bytes",
			    STR_ARG(b->name), bytes, (unsigned long)offset, (unsigned long)b->size);
	return b->read(b, offset, to, bytes);
}
