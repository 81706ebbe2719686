/* The blocks of an ext file system, as a replay of the journal would leave them. Every read passes
 * through ext_read(). */
#include "fs/ext/block.h"

#include "base/mem.h"
#include "fs/ext/journal/checksum.h"

/* How many copies from COPY on, at most MOST, are neighbours both in the file system and in the
 * log, so that one request reads them. */
static uint64_t copies_joined(const struct ext *fs, const struct journal_copy *copy, uint64_t most)
{
	const struct journal_copy *end = fs->map.copies + fs->map.count;
	uint64_t n = 1;

	while (n < most && copy + n < end && copy[n].home == copy->home + n &&
	       copy[n].at == copy->at + n)
		n++;
	return n;
}

/* Turns TO, the bytes of COPY as they lie in the log, into the block: verifies the checksum and
 * puts back the magic number of an escaped block. When the checksum is wrong, makes *COPY the next
 * older copy and returns false. */
static bool restore(struct ext *fs, struct journal_copy *copy, uint8_t *to)
{
	static const uint8_t magic[] = {0xc0, 0x3b, 0x39, 0x98};

	if (!copy->checked && !jbd2_checksum_copy(&fs->map, copy, to, fs->super.block_size)) {
		fs->copies_damaged++;
		journal_map_older(&fs->map, copy);
		return false;
	}
	copy->checked = true;
	if (copy->escaped) /* the log has zeros in place of the journal's magic number */
		memcpy(to, magic, sizeof(magic));
	return true;
}

/* Reads COPY and its neighbours, at most MOST, up to the first damaged one. That one is read again,
 * from its older copy, by the next call. */
static enum status read_copies(struct ext *fs, struct journal_copy *copy, uint64_t most,
			       uint8_t *to, size_t *done)
{
	size_t size = fs->super.block_size, n = (size_t)copies_joined(fs, copy, most), good = n;
	enum status status =
		inodes_request(&fs->base, copy->at << fs->super.block_bits, to, n * size);

	/* Goes on behind a damaged copy, so that all damaged ones give way to older copies now. If
	 * not, the last would be read once more for each one before it. */
	for (size_t i = 0; status == OK && i < n; i++) {
		if (!restore(fs, copy + i, to + i * size) && i < good)
			good = i;
	}
	*done = good * size;
	return status;
}

/* Reads part of a block that has a copy, through the cache: the checksum is over all of it. */
static enum status read_part(struct ext *fs, uint64_t offset, uint8_t *to, size_t bytes,
			     size_t *done)
{
	size_t skip = offset & (fs->super.block_size - 1), left = fs->super.block_size - skip;
	struct cache_slot *slot;
	enum status status = inodes_cached(&fs->base, offset >> fs->super.block_bits, &slot);

	*done = bytes < left ? bytes : left;
	if (status == OK)
		memcpy(to, slot->data + skip, *done);
	return status;
}

/* Reads the beginning of a range by one request: from the block's place up to the next block that
 * has a copy, or copies from the log. *DONE is how many bytes that were. */
static enum status read_piece(struct ext *fs, uint64_t offset, uint8_t *to, size_t bytes,
			      size_t *done)
{
	const unsigned bits = fs->super.block_bits;
	uint64_t block = offset >> bits, skip = offset & (fs->super.block_size - 1);
	uint64_t touched = ((skip + bytes - 1) >> bits) + 1;
	struct journal_copy *copy = journal_map_find(&fs->map, block);

	*done = bytes;
	if (copy == NULL || copy->home - block >= touched)
		return inodes_request(&fs->base, offset, to, bytes);
	if (copy->home != block) {
		*done = (size_t)(((copy->home - block) << bits) - skip);
		return inodes_request(&fs->base, offset, to, *done);
	}
	if (skip != 0 || bytes < fs->super.block_size)
		return read_part(fs, offset, to, bytes, done);
	return read_copies(fs, copy, bytes >> bits, to, done);
}

enum status ext_read(struct ext *fs, uint64_t offset, void *to, size_t bytes)
{
	enum status status = OK;
	size_t done = 0;

	if (fs->map.count == 0)
		return inodes_request(&fs->base, offset, to, bytes);
	for (; status == OK && bytes > 0; bytes -= done) {
		status = read_piece(fs, offset, to, bytes, &done);
		offset += done;
		to = (uint8_t *)to + done;
	}
	return status;
}

bool ext_blocks_valid(const struct ext *fs, uint64_t block, uint64_t count)
{
	return block > fs->super.first_data_block && block < fs->super.blocks &&
	       count <= fs->super.blocks - block;
}
