/* A BlockIo handle as a block device. */
#include "efi/block.h"

#include "loader/console.h"
#include "loader/log.h"
#include "loader/progress.h"

static enum status request(struct sectors *s, uint64_t sector, void *to, size_t bytes)
{
	struct efi_block *b = (struct efi_block *)s;
	EFI_BLOCK_IO_MEDIA *media = b->io->Media;
	uint64_t begun = clock_ticks();
	EFI_STATUS efi = b->io->ReadBlocks(b->io, media->MediaId, sector, bytes, to);

	log_request(bytes);
	progress_saw(bytes, clock_ticks() - begun);
	if (!EFI_ERROR(efi))
		return OK;
	return fail(s->block.report, E_IO, "%.*s: reading %zu bytes at byte %lu failed: %s",
		    STR_ARG(s->block.name), bytes, sector * media->BlockSize, efi_words(efi));
}

void efi_block_init(struct efi_block *b, EFI_HANDLE handle, EFI_BLOCK_IO *io, struct report *report)
{
	uint64_t sectors = io->Media->LastBlock + 1;

	readahead_forget(); /* another device may have had this structure's address before */
	*b = (struct efi_block){
		.sectors = {.block = {.read = readahead_read,
				      .report = report,
				      .sector = io->Media->BlockSize},
			    .request = request,
			    .align = io->Media->IoAlign > 1 ? io->Media->IoAlign : 1},
		.handle = handle,
		.io = io,
	};
	if (__builtin_mul_overflow(sectors, io->Media->BlockSize, &b->sectors.block.size))
		b->sectors.block.size = 0;
}
