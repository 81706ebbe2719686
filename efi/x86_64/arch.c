/* The processor that this loader is for. */
#include "config/image/processors.h"

const struct arch *guest_arch(void)
{
	return &arch_x86_64;
}
