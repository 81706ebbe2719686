/* A BlockIo handle as a block device. */
#ifndef EFI_BLOCK_H
#define EFI_BLOCK_H

#include "efi/efi.h"
#include "efi/serial_number.h"
#include "fs/readahead.h"

struct efi_block {
	struct sectors sectors; /* first: it is our handle */
	EFI_HANDLE handle;
	EFI_BLOCK_IO *io;
	char serial[SERIAL_BYTES];
};

/* Makes a block device of IO, found on HANDLE. Both and REPORT must outlive it. Its size is 0 when
 * the firmware's numbers overflow. The caller then sets the name. */
void efi_block_init(struct efi_block *, EFI_HANDLE, EFI_BLOCK_IO *io, struct report *);

#endif
