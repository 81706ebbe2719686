/* Secure Boot: whether it is on, and who judges a program. */
#ifndef EFI_SHIM_H
#define EFI_SHIM_H

#include "efi/efi.h"

/* True when Secure Boot is on, or the firmware does not say. */
bool secure_boot(void);

/* Calls the firmware's LoadImage for the BYTES bytes at SOURCE, with whoever judges programs here:
 * the firmware, or shim too. Sets *MADE, which is NULL before, as LoadImage does, and returns what
 * LoadImage does. */
EFI_STATUS shim_load_image(EFI_DEVICE_PATH *, void *source, UINTN bytes, EFI_HANDLE *made);

#endif
