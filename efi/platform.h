/* What loader/platform.h needs to know of this boot. */
#ifndef EFI_PLATFORM_H
#define EFI_PLATFORM_H

#include "efi/efi.h"

/* Sets the loader, whose disks say which handle a volume is on, and OWN, the device that the loader
 * was started from, or NULL. Both must outlive every platform_start(). */
void platform_init(const struct loader *, EFI_HANDLE own);

#endif
