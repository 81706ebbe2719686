/* What efi/machine.c needs to know of this boot. */
#ifndef EFI_MACHINE_H
#define EFI_MACHINE_H

#include "efi/efi.h"

/* Sets the loader's own image, which must outlive the loader. */
void machine_init(const EFI_LOADED_IMAGE *image);

#endif
