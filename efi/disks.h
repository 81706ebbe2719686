/* All disks and partitions that the firmware can reach. */
#ifndef EFI_DISKS_H
#define EFI_DISKS_H

#include "efi/efi.h"

/* Connects every storage controller that is not a disk already: the firmware may have connected
 * only those in its boot order. Connects everything when no controller has the PCI class of
 * storage. */
void disks_connect(void);

/* Connects every USB controller, which takes seconds. True when new disks appeared. */
bool disks_connect_usb(void);

/* How many disks and partitions the firmware has now, with a medium or without. */
UINTN disks_count(void);

/* Fills l->disks and l->count with every disk and partition that holds a medium, in the firmware's
 * order, except OWN and the disk that it lies on; OWN may be NULL. Names and numbers them. The
 * memory is the loader's arena. Fails with E_NO_MEMORY, reported. */
enum status disks_find(EFI_HANDLE own, struct loader *l);

/* The handle of the disk or partition that VOLUME was opened from; NULL for any other volume. */
EFI_HANDLE disks_handle(const struct loader *l, const struct volume *);

#endif
