/* The processor of the guests that the command looks at. */
#ifndef HOST_ARCH_H
#define HOST_ARCH_H

#include <stdbool.h>

#include "config/image/arch.h"

/* Makes NAME's processor the one that guest_arch() returns; without that it is the host's own, or
 * x86-64 if that is none of ours. False when NAME is unknown. */
bool arch_choose(const char *name);

/* Makes ARCH that processor. */
void arch_use(const struct arch *arch);

/* The processors that the command knows, with NULL after the last. */
extern const struct arch *const arch_all[];

#endif
