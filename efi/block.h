/* A BlockIo handle as a block device. */
#ifndef EFI_BLOCK_H
#define EFI_BLOCK_H

#include "efi/efi.h"
#include "efi/serial_number.h"
#include "fs/block.h"

struct efi_block {
	struct block block;
	EFI_HANDLE handle;
	EFI_BLOCK_IO *io;
	uint64_t place; /* of its PCI controller, as Linux finds them; 0: none is known */
	unsigned ahead; /* how often something was read ahead */
	char name[48];  /* block.name points here */
	char serial[SERIAL_BYTES];
};

/* Makes IO, found on HANDLE, readable at any offset and length. The caller then sets the name. */
void efi_block_init(struct efi_block *, EFI_HANDLE, EFI_BLOCK_IO *io, struct report *);

/* Gives back the buffer that all devices share for what is not aligned. */
void efi_block_free_buffer(void);

#endif
