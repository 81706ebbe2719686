/* The serial numbers of disks, as far as the firmware's drivers let them through. */
#ifndef EFI_SERIAL_NUMBER_H
#define EFI_SERIAL_NUMBER_H

#include "efi/efi.h"

/* The longest that is kept: SCSI's has up to 255 characters. */
#define SERIAL_BYTES 64

/* The serial number of the whole disk on HANDLE, in BUF, SERIAL_BYTES: of ATA, NVMe, SCSI and USB
 * disks. "" where there is none or, as on virtio-blk, no protocol of the firmware's tells it. */
struct str serial_read(EFI_HANDLE, char *buf);

#endif
