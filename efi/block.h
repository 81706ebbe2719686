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
	uint64_t place; /* of its PCI controller, as Linux finds them; 0: none is known */
	char name[48];  /* its block's name points here */
	char serial[SERIAL_BYTES];
};

/* Makes IO, found on HANDLE, readable at any offset and length. The caller then sets the name. */
void efi_block_init(struct efi_block *, EFI_HANDLE, EFI_BLOCK_IO *io, struct report *);

#endif
