/* The blocks of an ext file system: every read of it passes through ext_read(). */
#include "fs/ext_impl.h"

/* How many blocks from COPY on, MOST at the most, lie one behind the other at home and in the log.
 */
static uint64_t copies_joined(const struct ext *fs, const struct journal_copy *copy, uint64_t most)
{
	const struct journal_copy *end = fs->map.copies + fs->map.count;
	uint64_t n = 1;

	while (n < most && copy + n < end && copy[n].home == copy->home + n &&
	       copy[n].at == copy->at + n)
		n++;
	return n;
}

/* The first bytes of an escaped block are the journal's magic number; the log has zeros there. */
static void unescape(const struct ext *fs, const struct journal_copy *copy, uint64_t count,
		     uint64_t offset, uint8_t *to, size_t bytes)
{
	static const uint8_t magic[] = {0xc0, 0x3b, 0x39, 0x98};

	for (; count-- > 0; copy++) {
		uint64_t begins = copy->home << fs->super.block_bits;

		for (size_t i = 0; copy->escaped && i < sizeof(magic); i++) {
			if (begins + i >= offset && begins + i - offset < bytes)
				to[begins + i - offset] = magic[i];
		}
	}
}

enum status ext_spend(struct ext *fs, uint64_t cost)
{
	if (cost > EFFORT_MAX - fs->effort)
		return fail(fs->vol.report, E_LIMIT,
			    "%.*s: its directories and trees take too long to read (%u requests): "
			    "it is damaged, or made to waste time",
			    STR_ARG(fs->vol.name), (unsigned)(EFFORT_MAX / EFFORT_REQUEST));
	fs->effort += cost;
	return OK;
}

static enum status request(struct ext *fs, uint64_t offset, void *to, size_t bytes)
{
	enum status status = ext_spend(fs, bytes < EFFORT_REQUEST ? EFFORT_REQUEST : bytes);

	return status == OK ? block_read(fs->disk, offset, to, bytes) : status;
}

/* Reads as far as one request goes, from home or from the log, and says how far that was. */
static enum status read_piece(struct ext *fs, uint64_t offset, uint8_t *to, size_t bytes,
			      size_t *done)
{
	const unsigned bits = fs->super.block_bits;
	uint64_t block = offset >> bits, skip = offset & (fs->super.block_size - 1), n;
	uint64_t most = ((skip + bytes - 1) >> bits) + 1; /* blocks that are touched */
	const struct journal_copy *copy = journal_map_find(&fs->map, block);
	enum status status;

	*done = bytes;
	if (copy == NULL || copy->home - block >= most)
		return request(fs, offset, to, bytes);
	if (copy->home != block) {
		*done = (size_t)(((copy->home - block) << bits) - skip);
		return request(fs, offset, to, *done);
	}
	n = copies_joined(fs, copy, most);
	if ((n << bits) - skip < bytes)
		*done = (size_t)((n << bits) - skip);
	status = request(fs, (copy->at << bits) + skip, to, *done);
	if (status == OK)
		unescape(fs, copy, n, offset, to, *done);
	return status;
}

enum status ext_read(struct ext *fs, uint64_t offset, void *to, size_t bytes)
{
	enum status status = OK;
	size_t done = 0;

	if (fs->map.count == 0)
		return request(fs, offset, to, bytes);
	for (; status == OK && bytes > 0; bytes -= done) {
		status = read_piece(fs, offset, to, bytes, &done);
		offset += done;
		to = (uint8_t *)to + done;
	}
	return status;
}

enum status ext_cached(struct ext *fs, uint64_t block, struct cache_slot **found)
{
	struct cache_slot *slot = cache_slot(&fs->cache, block);

	if (slot->used == 0) {
		enum status status = ext_read(fs, block << fs->super.block_bits, slot->data,
					      fs->super.block_size);
		if (status != OK)
			return status;
		cache_filled(&fs->cache, slot, block);
	}
	*found = slot;
	return OK;
}

bool ext_blocks_valid(const struct ext *fs, uint64_t block, uint64_t count)
{
	return block > fs->super.first_data_block && block < fs->super.blocks &&
	       count <= fs->super.blocks - block;
}
