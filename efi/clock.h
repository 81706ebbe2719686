/* The clock: the processor's own counter. */
#ifndef EFI_CLOCK_H
#define EFI_CLOCK_H

#include <stdint.h>

/* The moment now. */
uint64_t clock_ticks(void);

/* How long TICKS are, in microseconds. The first call takes 2 ms. */
uint64_t clock_us(uint64_t ticks);

#endif
