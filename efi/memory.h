/* What the firmware knows of the memory. */
#ifndef EFI_MEMORY_H
#define EFI_MEMORY_H

#include <stdbool.h>

#include "efi/efi.h"

/* Gives the firmware what mem_free() was given: it keeps that for the next mem_alloc(). */
void memory_give_back(void);

/* Bytes of memory that nobody has taken; 0 when the firmware does not tell. */
uint64_t memory_left(void);

/* True when memory lies at this address, whoever has it, and no device. */
bool memory_is_ram(EFI_PHYSICAL_ADDRESS);

#endif
