/* The loader's own directory on the host, read through the firmware. */
#ifndef EFI_FAT_H
#define EFI_FAT_H

#include "efi/efi.h"

/* Opens the file system that the firmware offers on HANDLE, which may be NULL. E_NOT_FOUND, not
 * reported, when it offers none; E_NO_MEMORY or the firmware's error, reported. The caller ends
 * with vol_close(). */
enum status fat_open(EFI_HANDLE, struct report *, struct volume **);

#endif
