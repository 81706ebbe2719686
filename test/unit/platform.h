/* The platform of the tests: it starts nothing, and remembers. */
#ifndef TEST_UNIT_PLATFORM_H
#define TEST_UNIT_PLATFORM_H

extern unsigned platform_waits; /* calls of platform_wait() */

#endif
