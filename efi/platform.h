/* What loader/platform.h needs to know of this boot. */
#ifndef EFI_PLATFORM_H
#define EFI_PLATFORM_H

#include "efi/efi.h"

/* LOADER's disks tell volume from handle; OWN is the device that the loader was started from, or
 * NULL. Both outlive every platform_start(). */
void platform_init(const struct loader *, EFI_HANDLE own);

#endif
