/* Whole sectors straight to the destination, all else through a shared buffer: see the header. */
#include "fs/readahead.h"

#include "base/mem.h"

/* The most bytes of one request. Large enough that the number of requests slows no device; small
 * enough for virtio-blk, which fails above 1 GiB. Every firmware driver that we know splits what
 * its hardware cannot do at once. */
#define REQUEST_MAX (256u << 20)

/* A read of SMALL bytes or fewer reads ahead, AHEAD_MOST times for each device. The first
 * FIRST_MOST times fetch more: they read descriptors, inodes and directories, while the later ones
 * are often a long walk through a journal, which needs little of what lies behind each block. */
#define SMALL       4096
#define AHEAD_FIRST (128u << 10)
#define FIRST_MOST  4
#define AHEAD_SIZE  (16u << 10)
#define AHEAD_MOST  24

#define PARTS       8
#define PART_SIZE   AHEAD_FIRST
#define BUFFER_SIZE (PARTS * PART_SIZE)

/* A read of so many bytes or fewer goes through the buffer as a whole when its end is ragged: to
 * copy it costs less than a second request for the end. */
#define LARGE (64u << 10)

static char *buffer;

/* The parts of the buffer, and what each holds. */
static struct part {
	const struct sectors *of; /* NULL: nothing */
	uint64_t offset;
	size_t bytes;
} parts[PARTS];
static unsigned turn; /* counts the parts that were filled */

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

/* The part to fill next: one that holds the fewest bytes, and of several such each in its turn. */
static struct part *part_to_fill(void)
{
	struct part *least = &parts[turn++ % PARTS];

	for (struct part *p = parts; p < parts + PARTS; p++) {
		if (p->bytes < least->bytes)
			least = p;
	}
	return least;
}

/* Fills a part with the whole sectors of BYTES bytes from OFFSET on, as many as it has room for. */
static enum status part_fill(struct sectors *b, uint64_t offset, size_t bytes,
			     const struct part **filled)
{
	uint32_t sector = b->block.sector;
	uint64_t from = offset - offset % sector, left = b->block.size - from;
	size_t whole = (offset % sector + bytes + sector - 1) / sector * sector;
	struct part *p = part_to_fill();
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

/* Reads ahead: returns a part with the bytes from OFFSET on. NULL when the cap is reached or the
 * read fails: the bytes behind OFFSET that nobody asked for are no reason to fail. */
static const struct part *part_ahead(struct sectors *b, uint64_t offset)
{
	size_t mark = report_mark(b->block.report);
	const struct part *p;

	if (b->ahead == AHEAD_MOST || b->block.sector > SMALL || !have_buffer())
		return NULL;
	if (part_fill(b, offset, b->ahead++ < FIRST_MOST ? AHEAD_FIRST : AHEAD_SIZE, &p) == OK)
		return p;
	report_rewind(b->block.report, mark);
	return NULL;
}

static bool has(const struct part *p, const struct sectors *b, uint64_t offset, size_t bytes)
{
	return p->of == b && offset >= p->offset && offset + bytes <= p->offset + p->bytes;
}

/* Copies the range from the buffer, reading ahead if it is small. False if it is not there. */
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

/* Reads the beginning of the range through a part of the buffer: *DONE bytes of it. */
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

/* Reads whole sectors straight into TO: *DONE bytes. */
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
