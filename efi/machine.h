/* What the machine's side of loader/platform.h needs to know of this boot. */
#ifndef EFI_MACHINE_H
#define EFI_MACHINE_H

#include "efi/efi.h"

/* IMAGE is the loader's own; it outlives the loader. */
void machine_init(const EFI_LOADED_IMAGE *image);

#endif
