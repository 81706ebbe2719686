/* What the tests can do to memory. */
#ifndef TEST_UNIT_MEMORY_H
#define TEST_UNIT_MEMORY_H

#include <stddef.h>
#include <stdint.h>

extern size_t memory_budget; /* mem_alloc() fails when more than this would be in use */
extern size_t memory_used;   /* bytes in use now */
extern size_t memory_peak;   /* the most that was in use at once */

#endif
