/* The data of files. Runs that are neighbours on the disk are joined, and read straight into the
 * destination. */
#include "fs/ext/file.h"

#include "base/mem.h"
#include "fs/ext/block.h"
#include "fs/ext/inline.h"

/* A read that waits, because the next run may continue it. */
struct request {
	uint64_t offset;
	uint8_t *to;
	size_t bytes;
};

static enum status request_send(struct ext *fs, struct request *r)
{
	size_t bytes = r->bytes;

	r->bytes = 0;
	return bytes == 0 ? OK : ext_read(fs, r->offset, r->to, bytes);
}

static enum status request_add(struct ext *fs, struct request *r, uint64_t offset, uint8_t *to,
			       size_t bytes)
{
	enum status status;

	if (r->bytes != 0 && r->offset + r->bytes == offset && r->to + r->bytes == to) {
		r->bytes += bytes;
		return OK;
	}
	status = request_send(fs, r);
	*r = (struct request){offset, to, bytes};
	return status;
}

/* Makes *RUN, where block AT lies on the disk, what fast commits say of it. */
static enum status map_moved(struct ext *fs, const struct ext_moved *m, uint64_t at,
			     struct ext_run *run)
{
	uint64_t most = UINT64_MAX, into, steps = 0;

	for (; m != NULL && (at < m->at || at - m->at >= m->count); m = m->older, steps++) {
		if (at < m->at && m->at - at < most)
			most = m->at - at;
	}
	if (m != NULL) {
		into = at - m->at;
		run->block = m->block != 0 ? m->block + into : 0;
		run->count = m->count - into;
	}
	if (run->count > most)
		run->count = most;
	return ext_spend(fs, steps * COST_CHANGE);
}

enum status ext_map(struct ext *fs, const struct ext_inode *inode, uint64_t at, struct ext_run *run)
{
	const struct ext_change *change = ext_change_find(&fs->changes, inode->number);
	enum status status = inode->flags & EXT4_EXTENTS_FL ? ext_map_extents(fs, inode, at, run)
							    : ext_map_indirect(fs, inode, at, run);

	return status == OK && change != NULL ? map_moved(fs, change->moved, at, run) : status;
}

enum status ext_file_read(struct ext *fs, const struct ext_inode *inode, uint64_t offset, void *buf,
			  size_t bytes)
{
	const unsigned bits = fs->super.block_bits;
	struct request request = {0};
	uint8_t *to = buf;
	enum status status = OK;

	if (inode->flags & EXT4_INLINE_DATA_FL)
		return ext_inline_read(fs, inode, offset, to, bytes);
	while (bytes > 0) {
		size_t skip = offset & (fs->super.block_size - 1), n = bytes;
		struct ext_run run;

		status = ext_map(fs, inode, offset >> bits, &run);
		if (status != OK)
			return status;
		if (run.count <= (skip + n) >> bits)
			n = ((size_t)run.count << bits) - skip;
		if (run.block == 0)
			memset(to, 0, n);
		else
			status = request_add(fs, &request, (run.block << bits) + skip, to, n);
		if (status != OK)
			return status;
		offset += n;
		to += n;
		bytes -= n;
	}
	return request_send(fs, &request);
}
