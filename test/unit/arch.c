/* The processor that the unit tests and fuzzers look at kernels and menus for. */
#include "test/unit/arch.h"

const struct arch *test_arch = &arch_x86_64;

const struct arch *guest_arch(void)
{
	return test_arch;
}
