/* The blocks of a directory from front to back, read in large requests. */
#include "fs/window.h"

#include "base/mem.h"

enum status window_open(struct window *w, struct inodes *fs, const struct inode *dir, uint32_t unit)
{
	uint64_t unit_bytes = (uint64_t)unit << fs->block_bits;
	uint64_t most = WINDOW_MEMORY_MAX - WINDOW_MEMORY_OTHERS - fs->large->cache.bytes;
	uint64_t size = dir->size < most ? dir->size : most;

	*w = (struct window){
		.fs = fs, .dir = dir, .unit = unit, .end = dir->size / unit_bytes * unit};
	w->size = (size_t)(size < unit_bytes ? unit_bytes : size / unit_bytes * unit_bytes);
	w->bytes = mem_alloc(w->size);
	return w->bytes != NULL
		       ? OK
		       : fail(fs->vol.report, E_NO_MEMORY, "no memory to read a directory");
}

void window_close(struct window *w)
{
	mem_free(w->bytes, w->size);
	w->bytes = NULL;
}

/* Skips holes, as Linux does, and finds how many blocks follow up to the next hole. BLOCK is the
 * place of the last run on the disk. */
static enum status measure(struct window *w, uint64_t *block)
{
	uint64_t room = w->size >> w->fs->block_bits;

	w->filled = 0;
	while (w->next + w->filled < w->end && w->filled < room) {
		uint64_t at = w->next + w->filled;
		struct run run;
		enum status status = inodes_spend(w->fs, COST_STEP);

		if (status == OK)
			status = w->fs->ops->map(w->fs, w->dir, at, &run);
		if (status != OK)
			return status;
		if (run.count > w->end - at)
			run.count = w->end - at;
		*block = run.block;
		if (run.block != 0)
			w->filled += run.count;
		else if (w->filled == 0)
			w->next += run.count;
		else
			break;
	}
	if (w->filled > room)
		w->filled = room;
	if (w->next % w->unit != 0 || (w->filled != 0 && w->filled < w->unit))
		return fail(w->fs->vol.report, E_CORRUPT,
			    "directory inode %lu is damaged: a part of block %lu is missing",
			    (unsigned long)w->dir->number, (unsigned long)w->next);
	w->filled -= w->filled % w->unit;
	return OK;
}

/* Fills the window. A directory of one block, as / and /boot mostly are, is searched for one name
 * after another: it is worth a place in the cache. */
static enum status fill(struct window *w)
{
	const unsigned bits = w->fs->block_bits;
	struct cache_slot *slot;
	uint64_t block = 0;
	enum status status = measure(w, &block);

	w->first = w->next;
	if (status != OK)
		return status;
	if (w->end != 1 || w->filled != 1)
		return inodes_read_runs(w->fs, w->dir, w->next << bits, w->bytes,
					(size_t)w->filled << bits);
	status = inodes_cached(w->fs, block, &slot);
	if (status == OK)
		memcpy(w->bytes, slot->data, (size_t)1 << bits);
	return status;
}

enum status window_next(struct window *w, const uint8_t **bytes)
{
	enum status status = OK;

	*bytes = NULL;
	if (w->next >= w->first + w->filled && w->next < w->end)
		status = fill(w);
	if (status == OK && w->next < w->first + w->filled) {
		*bytes = w->bytes + ((w->next - w->first) << w->fs->block_bits);
		w->next += w->unit;
	}
	return status;
}
