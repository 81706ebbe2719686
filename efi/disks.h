/* All disks and partitions that the firmware can reach. */
#ifndef EFI_DISKS_H
#define EFI_DISKS_H

#include "efi/efi.h"

/* Connects every storage controller, so that disks appear which the firmware's boot order left out,
 * but for one that is a disk already; where none can be told from its PCI class, everything. */
void disks_connect(void);

/* Connects every USB controller, which takes longer; true when disks appeared that were not there.
 */
bool disks_connect_usb(void);

/* How many disks and partitions the firmware has now, with a medium or without. */
UINTN disks_count(void);

/* Fills l->disks and l->count with every disk and partition that holds a medium, in the firmware's
 * order, without OWN and the disk it lies on; OWN may be NULL. Reports and fails with E_NO_MEMORY.
 * The memory is the loader's arena. */
enum status disks_find(EFI_HANDLE own, struct loader *l);

/* The handle of the disk or partition VOLUME was opened from; NULL for any other volume. */
EFI_HANDLE disks_handle(const struct loader *l, const struct volume *);

#endif
