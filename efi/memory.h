/* What the firmware has left of the memory. */
#ifndef EFI_MEMORY_H
#define EFI_MEMORY_H

#include "efi/efi.h"

/* Bytes of memory that nobody has taken; 0 when the firmware does not tell. */
uint64_t memory_left(void);

#endif
