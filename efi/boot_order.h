/* The place that each disk has in the boot order. */
#ifndef EFI_BOOT_ORDER_H
#define EFI_BOOT_ORDER_H

#include "efi/efi.h"

/* Sets `boot_place` of the disks, which are listed and numbered: from the order that the host has
 * given (l->boot_order), else from the firmware's variables, if these leave out a disk: a firmware
 * that makes the order by itself lists them all, which says nothing. Neither counts for a
 * confidential guest. */
void boot_order_find(struct loader *l);

#endif
