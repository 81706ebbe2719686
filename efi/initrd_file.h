/* The initrd for kernels before Linux 5.8: a file on a device of our own. */
#ifndef EFI_INITRD_FILE_H
#define EFI_INITRD_FILE_H

#include "efi/efi.h"

struct plan;

/* Offers the plan's initrds, joined, as the file INITRD_NAME of a read-only file system on *DEVICE,
 * a new handle. The kernel looks for it on its DeviceHandle, which the caller sets to *DEVICE. The
 * plan must live until initrd_file_withdraw(). Fails, reported, when the firmware refuses. */
enum status initrd_file_offer(const struct plan *, struct report *, EFI_HANDLE *device);

/* Ends the offer, if there is one. */
void initrd_file_withdraw(void);

#endif
