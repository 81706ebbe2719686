/* The one gate to a disk. A read that does not lie inside the disk does not pass. */
#include "fs/block.h"

static const struct block_watch *watch;

void block_watch(const struct block_watch *w)
{
	watch = w;
}

size_t block_watch_next(size_t left)
{
	return watch == NULL ? left : watch->next(left);
}

void block_watch_done(size_t bytes)
{
	if (watch != NULL)
		watch->done(bytes);
}

/* Reads in the pieces that the watch wants. A partition reads from its disk by block_read(), so the
 * watch is unset meanwhile: it must not count the same bytes twice. */
static enum status read_watched(struct block *b, uint64_t offset, char *to, size_t bytes)
{
	const struct block_watch *w = watch;
	enum status status = OK;

	while (bytes > 0 && status == OK) {
		size_t n = w->next(bytes);

		watch = NULL;
		status = b->read(b, offset, to, n);
		watch = w;
		if (status == OK)
			w->done(n);
		offset += n;
		to += n;
		bytes -= n;
	}
	return status;
}

enum status block_read(struct block *b, uint64_t offset, void *to, size_t bytes)
{
	if (bytes == 0)
		return OK;
	if (offset > b->size || bytes > b->size - offset)
		return fail(b->report, E_CORRUPT,
			    "%.*s: %zu bytes from byte %lu on lie beyond its end at byte %lu",
			    STR_ARG(b->name), bytes, (unsigned long)offset, (unsigned long)b->size);
	return watch == NULL ? b->read(b, offset, to, bytes) : read_watched(b, offset, to, bytes);
}
