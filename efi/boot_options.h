/* The place of each disk in the boot order. */
#ifndef EFI_BOOT_OPTIONS_H
#define EFI_BOOT_OPTIONS_H

#include "efi/efi.h"

/* Sets `boot_place` of the disks, which have been listed and numbered: from the order that the host
 * gave (l->boot_order), or else from the firmware's boot variables. These count only if they leave
 * out a disk: a firmware that makes the order by itself lists every disk, which says nothing. For a
 * confidential guest neither counts. */
void boot_order_find(struct loader *l);

#endif
