/* The initrd, served to the kernel on demand. */
#ifndef EFI_INITRD_H
#define EFI_INITRD_H

#include "base/status.h"

struct plan;

/* Offers the plan's initrds under the path where Linux looks for them
 * (LINUX_EFI_INITRD_MEDIA_GUID); does nothing when there are none. PLAN and REPORT must stay until
 * initrd_withdraw(). */
enum status initrd_offer(const struct plan *, struct report *);

/* Ends the offer, if there is one. */
void initrd_withdraw(void);

#endif
