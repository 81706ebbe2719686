/* The firmware's memory, beyond mem_alloc() and mem_free(). */
#ifndef EFI_MEMORY_H
#define EFI_MEMORY_H

#include <stdbool.h>

#include "efi/efi.h"

/* Gives back to the firmware all pieces that mem_free() has kept for the next mem_alloc(). */
void memory_give_back(void);

/* Bytes of free memory; 0 when the firmware does not say. */
uint64_t memory_left(void);

/* True when there is memory at this address, in use or free, and no device. */
bool memory_is_ram(EFI_PHYSICAL_ADDRESS);

#endif
