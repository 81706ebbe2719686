/* The serial numbers of disks, where a protocol of the firmware gives them. */
#ifndef EFI_SERIAL_NUMBER_H
#define EFI_SERIAL_NUMBER_H

#include "efi/efi.h"

/* The most bytes that are kept. On SCSI a serial number has up to 255. */
#define SERIAL_BYTES 64

/* Reads the serial number of the whole disk on HANDLE (ATA, NVMe, SCSI, USB) into BUF, of
 * SERIAL_BYTES, and returns it. "" when there is none, or when no protocol gives it, as on
 * virtio-blk. */
struct str serial_read(EFI_HANDLE, char *buf);

#endif
