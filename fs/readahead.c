/* Whole sectors straight into the destination; ragged ends, misaligned buffers and what is read
 * ahead by way of one shared buffer. */
#include "fs/readahead.h"

#include "base/mem.h"

/* Large enough that a device is not slowed by the number of requests; every firmware driver we know
 * splits what its hardware cannot do at once. virtio-blk fails above 1 GiB. */
#define REQUEST_MAX (256u << 20)

/* Behind a read of SMALL bytes or fewer so much is read, so many times for each device. The first
 * few bring more: they are for tables of inodes and directories, which a long walk through a
 * journal is not. */
#define SMALL       4096
#define AHEAD_FIRST (128u << 10)
#define FIRST_MOST  4
#define AHEAD_SIZE  (16u << 10)
#define AHEAD_MOST  24

#define PARTS       8
#define PART_SIZE   AHEAD_FIRST
#define BUFFER_SIZE (PARTS * PART_SIZE)

/* What is no larger than this goes through the buffer as a whole when its end is ragged: that is
 * not worth a second request. */
#define LARGE (64u << 10)

static char *buffer;

/* What the parts of the buffer hold. */
static struct part {
	const struct sectors *of; /* NULL: nothing */
	uint64_t offset;
	size_t bytes;
} parts[PARTS];
static unsigned taken;

void readahead_forget(void)
{
	memset(parts, 0, sizeof(parts));
}

static bool have_buffer(void)
{
	if (buffer == NULL)
		buffer = mem_alloc(BUFFER_SIZE);
	return buffer != NULL;
}

static char *part_memory(const struct part *p)
{
	return buffer + (p - parts) * PART_SIZE;
}

/* A part whose content may go: of those that took least, each in its turn. */
static struct part *part_take(void)
{
	struct part *least = &parts[taken++ % PARTS];

	for (struct part *p = parts; p < parts + PARTS; p++) {
		if (p->bytes < least->bytes)
			least = p;
	}
	return least;
}

/* Reads BYTES bytes at OFFSET, in whole sectors and as far as a part holds them, into one. */
static enum status part_fill(struct sectors *b, uint64_t offset, size_t bytes,
			     const struct part **filled)
{
	uint32_t sector = b->block.sector;
	uint64_t from = offset - offset % sector, left = b->block.size - from;
	size_t whole = (offset % sector + bytes + sector - 1) / sector * sector;
	struct part *p = part_take();
	enum status status;

	whole = whole < PART_SIZE ? whole : PART_SIZE;
	whole = whole < left ? whole : left;
	*p = (struct part){0};
	status = b->request(b, from / sector, part_memory(p), whole);
	if (status != OK)
		return status;
	*p = (struct part){b, from, whole};
	*filled = p;
	return OK;
}

/* A part with what lies at OFFSET and behind it; NULL when that is not to be had. */
static const struct part *part_ahead(struct sectors *b, uint64_t offset)
{
	size_t mark = report_mark(b->block.report);
	const struct part *p;

	if (b->ahead == AHEAD_MOST || b->block.sector > SMALL || !have_buffer())
		return NULL;
	if (part_fill(b, offset, b->ahead++ < FIRST_MOST ? AHEAD_FIRST : AHEAD_SIZE, &p) == OK)
		return p;
	report_rewind(b->block.report, mark); /* of what was not asked for */
	return NULL;
}

static bool has(const struct part *p, const struct sectors *b, uint64_t offset, size_t bytes)
{
	return p->of == b && offset >= p->offset && offset + bytes <= p->offset + p->bytes;
}

/* False when the range is not in the buffer and, small as it is, does not come to be there. */
static bool read_near(struct sectors *b, uint64_t offset, char *to, size_t bytes)
{
	const struct part *p = parts;

	while (p < parts + PARTS && !has(p, b, offset, bytes))
		p++;
	if (p == parts + PARTS)
		p = bytes <= SMALL ? part_ahead(b, offset) : NULL;
	if (p == NULL || !has(p, b, offset, bytes))
		return false;
	memcpy(to, part_memory(p) + (offset - p->offset), bytes);
	return true;
}

/* By way of a part; *DONE is how much of the range that was. */
static enum status read_through_buffer(struct sectors *b, uint64_t offset, char *to, size_t bytes,
				       size_t *done)
{
	size_t skip = offset % b->block.sector;
	size_t want = bytes < PART_SIZE - skip ? bytes : PART_SIZE - skip;
	const struct part *p;
	enum status status;

	if (!have_buffer())
		return fail(b->block.report, E_NO_MEMORY, "%.*s: no memory for a read buffer",
			    STR_ARG(b->block.name));
	status = part_fill(b, offset, want, &p);
	if (status != OK)
		return status;
	memcpy(to, part_memory(p) + skip, want);
	*done = want;
	return OK;
}

/* Whole sectors, without a way through the buffer. *DONE is how much of the range that was. */
static enum status read_straight(struct sectors *b, uint64_t offset, char *to, size_t bytes,
				 size_t *done)
{
	uint32_t sector = b->block.sector;

	*done = bytes < REQUEST_MAX ? bytes - bytes % sector : REQUEST_MAX;
	return b->request(b, offset / sector, to, *done);
}

enum status readahead_read(struct block *block, uint64_t offset, void *to, size_t bytes)
{
	struct sectors *b = (struct sectors *)block;
	uint32_t sector = b->block.sector;

	if (read_near(b, offset, to, bytes))
		return OK;
	while (bytes > 0) {
		bool whole = bytes % sector == 0 || bytes > LARGE;
		bool straight = offset % sector == 0 && bytes >= sector && whole &&
				(uintptr_t)to % b->align == 0;
		size_t done = 0;
		enum status status = straight ? read_straight(b, offset, to, bytes, &done)
					      : read_through_buffer(b, offset, to, bytes, &done);

		if (status != OK)
			return status;
		to = (char *)to + done;
		offset += done;
		bytes -= done;
	}
	return OK;
}

void readahead_free(void)
{
	mem_free(buffer, BUFFER_SIZE);
	buffer = NULL;
	readahead_forget();
}
