/* The processor of the tests' guests. */
#ifndef TEST_UNIT_ARCH_H
#define TEST_UNIT_ARCH_H

#include "config/image/processors.h"

/* What guest_arch() returns: x86-64, unless a test sets another and puts it back. */
extern const struct arch *test_arch;

#endif
