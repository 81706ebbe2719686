/* The initrd, read when the kernel asks for it. */
#ifndef EFI_INITRD_H
#define EFI_INITRD_H

#include "base/status.h"

struct plan;

/* Offers the plan's initrds under the path where Linux looks for them
 * (LINUX_EFI_INITRD_MEDIA_GUID); does nothing when there are none. The plan and the report must
 * live until initrd_withdraw(). Fails, reported, when the firmware refuses. */
enum status initrd_offer(const struct plan *, struct report *);

/* Ends the offer, if there is one. */
void initrd_withdraw(void);

#endif
