/* A BlockIo handle as a block device: whole sectors straight into the destination, ragged ends and
 * misaligned buffers by way of one shared buffer. */
#include "efi/block.h"

#include "base/mem.h"
#include "loader/log.h"

/* Large enough that a device is not slowed by the number of requests; every firmware driver we know
 * splits what its hardware cannot do at once. virtio-blk fails above 1 GiB. */
#define REQUEST_MAX (256u << 20)
#define BUFFER_SIZE (64u << 10)

static void *buffer;

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

	if (buffer == NULL)
		buffer = mem_alloc(BUFFER_SIZE);
	if (buffer == NULL)
		return fail(b->block.report, E_NO_MEMORY, "%s: no memory for a read buffer",
			    b->name);
	status = request(b, offset / sector, buffer, whole);
	if (status != OK)
		return status;
	memcpy(to, (char *)buffer + skip, want);
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
}
