/* The initrd for kernels before Linux 5.8: a file on a device of our own. */
#ifndef EFI_INITRD_FILE_H
#define EFI_INITRD_FILE_H

#include "efi/efi.h"

struct plan;

/* Offers the plan's initrds, joined, as the file INITRD_NAME of a read-only file system. The kernel
 * looks for it on the device that its loaded image names: *DEVICE is to be that. PLAN must stay
 * until initrd_file_withdraw(). */
enum status initrd_file_offer(const struct plan *, struct report *, EFI_HANDLE *device);

/* Ends the offer, if there is one. */
void initrd_file_withdraw(void);

#endif
