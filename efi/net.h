/* The loader's directory on the server that the loader was fetched from, through the firmware. */
#ifndef EFI_NET_H
#define EFI_NET_H

#include "efi/efi.h"

/* Opens as a volume the directory that the loader was fetched from, by PXE or by HTTP boot, on the
 * network interface HANDLE. Files are fetched whole and by name; directories cannot be listed.
 * E_NOT_FOUND, unreported, when HANDLE, which may be NULL, is no such interface. */
enum status net_open(EFI_HANDLE, struct report *, struct volume **);

#endif
