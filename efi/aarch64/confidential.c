/* Is this guest confidential? A realm of Arm's Confidential Compute Architecture would be; QEMU and
 * its firmware do not start any yet. */
#include "efi/channels.h"

const char *confidential_guest(void)
{
	return NULL;
}
