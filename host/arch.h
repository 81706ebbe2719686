/* The processor of the guests that the command looks at. */
#ifndef HOST_ARCH_H
#define HOST_ARCH_H

#include <stdbool.h>

/* Makes NAME's processor the one that guest_arch() returns; without that it is the host's own, or
 * x86-64 if that is none of ours. False when NAME is unknown. */
bool arch_choose(const char *name);

#endif
