/* A BlockIo handle as a block device: whole sectors straight into the destination, ragged ends and
 * misaligned buffers by way of one shared buffer. A small read brings what lies behind it. */
#include "efi/block.h"

#include "base/mem.h"
#include "loader/console.h"
#include "loader/log.h"
#include "loader/progress.h"

/* Large enough that a device is not slowed by the number of requests; every firmware driver we know
 * splits what its hardware cannot do at once. virtio-blk fails above 1 GiB. */
#define REQUEST_MAX (256u << 20)

/* A request costs the same whatever its size, and a file system's small things lie close together:
 * what follows such a one is read with it. That many times for each disk: the pieces of a file may
 * be small as well, and what follows them is another's. The first few bring more: they are for
 * tables of inodes and directories, which a long walk through a journal is not. */
#define SMALL       4096
#define AHEAD_FIRST (128u << 10)
#define FIRST_MOST  4
#define AHEAD_SIZE  (16u << 10)
#define AHEAD_MOST  24

#define PARTS       8
#define PART_SIZE   AHEAD_FIRST
#define BUFFER_SIZE (PARTS * PART_SIZE)

/* Only what is larger than this has its pages to itself: smaller buffers of one page may be several
 * users', the firmware's own for one. */
#define LARGE (64u << 10)

static char *buffer;

/* What the parts of the buffer hold. */
static struct part {
	const struct efi_block *of; /* NULL: nothing */
	uint64_t offset;
	size_t bytes;
} parts[PARTS];
static unsigned taken;

static enum status request(struct efi_block *b, uint64_t sector, void *to, size_t bytes)
{
	EFI_BLOCK_IO_MEDIA *media = b->io->Media;
	uint64_t begun = clock_ticks();
	EFI_STATUS efi = b->io->ReadBlocks(b->io, media->MediaId, sector, bytes, to);

	log_request(bytes);
	progress_saw(bytes, clock_ticks() - begun);
	if (!EFI_ERROR(efi))
		return OK;
	return fail(b->block.report, E_IO, "%s: reading %zu bytes at byte %lu failed: %s", b->name,
		    bytes, sector * media->BlockSize, efi_words(efi));
}

static void forget_parts(void)
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
static enum status part_fill(struct efi_block *b, uint64_t offset, size_t bytes,
			     const struct part **filled)
{
	uint32_t sector = b->io->Media->BlockSize;
	uint64_t from = offset - offset % sector, left = b->block.size - from;
	size_t whole = (offset % sector + bytes + sector - 1) / sector * sector;
	struct part *p = part_take();
	enum status status;

	whole = whole < PART_SIZE ? whole : PART_SIZE;
	whole = whole < left ? whole : left;
	*p = (struct part){0};
	status = request(b, from / sector, part_memory(p), whole);
	if (status != OK)
		return status;
	*p = (struct part){b, from, whole};
	*filled = p;
	return OK;
}

/* A part with what lies at OFFSET and behind it; NULL when that is not to be had. */
static const struct part *part_ahead(struct efi_block *b, uint64_t offset)
{
	size_t mark = report_mark(b->block.report);
	const struct part *p;

	if (b->ahead == AHEAD_MOST || b->io->Media->BlockSize > SMALL || !have_buffer())
		return NULL;
	if (part_fill(b, offset, b->ahead++ < FIRST_MOST ? AHEAD_FIRST : AHEAD_SIZE, &p) == OK)
		return p;
	report_rewind(b->block.report, mark); /* of what was not asked for */
	return NULL;
}

static bool has(const struct part *p, const struct efi_block *b, uint64_t offset, size_t bytes)
{
	return p->of == b && offset >= p->offset && offset + bytes <= p->offset + p->bytes;
}

/* False when the range is not in the buffer and, small as it is, does not come to be there. */
static bool read_near(struct efi_block *b, uint64_t offset, char *to, size_t bytes)
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
static enum status read_through_buffer(struct efi_block *b, uint64_t offset, char *to, size_t bytes,
				       size_t *done)
{
	size_t skip = offset % b->io->Media->BlockSize;
	size_t want = bytes < PART_SIZE - skip ? bytes : PART_SIZE - skip;
	const struct part *p;
	enum status status;

	if (!have_buffer())
		return fail(b->block.report, E_NO_MEMORY, "%s: no memory for a read buffer",
			    b->name);
	status = part_fill(b, offset, want, &p);
	if (status != OK)
		return status;
	memcpy(to, part_memory(p) + skip, want);
	*done = want;
	return OK;
}

/* How much is missing of the last sector of BYTES bytes. */
static size_t rest_of_sector(const struct efi_block *b, size_t bytes)
{
	return -bytes % b->io->Media->BlockSize;
}

/* The page that END lies in goes on for REST bytes. */
static bool same_page(const char *end, size_t rest)
{
	return rest <= -(uintptr_t)end % EFI_PAGE_SIZE;
}

/* Where a file ends in a sector's middle, what follows there is read with it, and what was where
 * that came to lie is put back: it is of the same page, and so of whoever owns TO. */
static enum status request_ragged(struct efi_block *b, uint64_t sector, char *to, size_t bytes)
{
	char behind[EFI_PAGE_SIZE];
	size_t rest = rest_of_sector(b, bytes);
	enum status status;

	memcpy(behind, to + bytes, rest);
	status = request(b, sector, to, bytes + rest);
	memcpy(to + bytes, behind, rest);
	return status;
}

static enum status read_straight(struct efi_block *b, uint64_t offset, char *to, size_t bytes,
				 size_t *done)
{
	uint32_t sector = b->io->Media->BlockSize;

	if (bytes > LARGE && bytes < REQUEST_MAX &&
	    same_page(to + bytes, rest_of_sector(b, bytes))) {
		*done = bytes;
		return request_ragged(b, offset / sector, to, bytes);
	}
	*done = bytes < REQUEST_MAX ? bytes - bytes % sector : REQUEST_MAX;
	return request(b, offset / sector, to, *done);
}

static enum status efi_block_read(struct block *block, uint64_t offset, void *to, size_t bytes)
{
	struct efi_block *b = (struct efi_block *)block;
	uint32_t sector = b->io->Media->BlockSize;
	uint32_t align = b->io->Media->IoAlign > 1 ? b->io->Media->IoAlign : 1;

	if (read_near(b, offset, to, bytes))
		return OK;
	while (bytes > 0) {
		/* A small one is not worth a second request for its ragged end. */
		bool whole = bytes % sector == 0 || bytes > LARGE;
		bool straight = offset % sector == 0 && bytes >= sector && whole &&
				(uintptr_t)to % align == 0;
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

void efi_block_init(struct efi_block *b, EFI_HANDLE handle, EFI_BLOCK_IO *io, struct report *report)
{
	uint64_t sectors = io->Media->LastBlock + 1;

	forget_parts(); /* of a device that had this memory before */
	*b = (struct efi_block){
		.block = {.read = efi_block_read, .report = report, .sector = io->Media->BlockSize},
		.handle = handle,
		.io = io,
	};
	if (__builtin_mul_overflow(sectors, io->Media->BlockSize, &b->block.size))
		b->block.size = 0;
}

void efi_block_free_buffer(void)
{
	mem_free(buffer, BUFFER_SIZE);
	buffer = NULL;
	forget_parts();
}
