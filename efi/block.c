/* A BlockIo handle as a block device: whole sectors straight into the destination, ragged ends and
 * misaligned buffers by way of one shared buffer. A small read brings what lies behind it. */
#include "efi/block.h"

#include "base/mem.h"
#include "loader/log.h"

/* Large enough that a device is not slowed by the number of requests; every firmware driver we know
 * splits what its hardware cannot do at once. virtio-blk fails above 1 GiB. */
#define REQUEST_MAX (256u << 20)
#define BUFFER_SIZE (64u << 10)

/* A request costs the same whatever its size, and a file system's small things lie close together:
 * what follows such a one is read with it. That many times for each disk: the pieces of a file may
 * be small as well, and what follows them is another's. */
#define SMALL      4096
#define AHEAD_SIZE (16u << 10)
#define AHEAD_MOST 24
#define PARTS      (BUFFER_SIZE / AHEAD_SIZE)

static char *buffer;

/* What the parts of the buffer hold. */
static struct part {
	const struct efi_block *of; /* NULL: nothing */
	uint64_t offset;
	size_t bytes;
} parts[PARTS];
static unsigned next_part;

static enum status request(struct efi_block *b, uint64_t sector, void *to, size_t bytes)
{
	EFI_BLOCK_IO_MEDIA *media = b->io->Media;
	EFI_STATUS efi = b->io->ReadBlocks(b->io, media->MediaId, sector, bytes, to);

	log_request(bytes);
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

/* The next part, with what lies at OFFSET and behind it; NULL when that is not to be had. */
static const struct part *part_fill(struct efi_block *b, uint64_t offset)
{
	uint32_t sector = b->io->Media->BlockSize;
	uint64_t from = offset - offset % sector, left = b->block.size - from;
	struct part *p = &parts[next_part];
	size_t mark = report_mark(b->block.report), bytes = left < AHEAD_SIZE ? left : AHEAD_SIZE;

	if (b->ahead == AHEAD_MOST || sector > SMALL || !have_buffer())
		return NULL;
	b->ahead++;
	next_part = (next_part + 1) % PARTS;
	*p = (struct part){b, from, bytes};
	if (request(b, from / sector, buffer + (p - parts) * AHEAD_SIZE, bytes) == OK)
		return p;
	p->of = NULL;
	report_rewind(b->block.report, mark); /* of what was not asked for */
	return NULL;
}

static bool has(const struct part *p, const struct efi_block *b, uint64_t offset, size_t bytes)
{
	return p->of == b && offset >= p->offset && offset + bytes <= p->offset + p->bytes;
}

/* False when the range is not in the buffer and does not come to be there. */
static bool read_near(struct efi_block *b, uint64_t offset, char *to, size_t bytes)
{
	const struct part *p = parts;

	while (p < parts + PARTS && !has(p, b, offset, bytes))
		p++;
	if (p == parts + PARTS)
		p = part_fill(b, offset);
	if (p == NULL || !has(p, b, offset, bytes))
		return false;
	memcpy(to, buffer + (p - parts) * AHEAD_SIZE + (offset - p->offset), bytes);
	return true;
}

/* Reads the sectors around OFFSET into the shared buffer and copies what lies in the range; *DONE
 * is how much of it that was. */
static enum status read_through_buffer(struct efi_block *b, uint64_t offset, char *to, size_t bytes,
				       size_t *done)
{
	uint32_t sector = b->io->Media->BlockSize;
	size_t skip = offset % sector;
	size_t want = bytes < BUFFER_SIZE - skip ? bytes : BUFFER_SIZE - skip;
	size_t whole = (skip + want + sector - 1) / sector * sector;
	enum status status;

	if (!have_buffer())
		return fail(b->block.report, E_NO_MEMORY, "%s: no memory for a read buffer",
			    b->name);
	forget_parts();
	status = request(b, offset / sector, buffer, whole);
	if (status != OK)
		return status;
	memcpy(to, buffer + skip, want);
	*done = want;
	return OK;
}

static enum status read_straight(struct efi_block *b, uint64_t offset, char *to, size_t bytes,
				 size_t *done)
{
	uint32_t sector = b->io->Media->BlockSize;

	*done = bytes < REQUEST_MAX ? bytes - bytes % sector : REQUEST_MAX;
	return request(b, offset / sector, to, *done);
}

static enum status efi_block_read(struct block *block, uint64_t offset, void *to, size_t bytes)
{
	struct efi_block *b = (struct efi_block *)block;
	uint32_t sector = b->io->Media->BlockSize;
	uint32_t align = b->io->Media->IoAlign > 1 ? b->io->Media->IoAlign : 1;

	if (bytes <= SMALL && read_near(b, offset, to, bytes))
		return OK;
	while (bytes > 0) {
		/* A small one is not worth a second request for its ragged end. */
		bool whole = bytes % sector == 0 || bytes > BUFFER_SIZE / 2;
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
