/* The clock: the virtual counter, whose rate a register tells (Arm ARM, D12: the Generic Timer). */
#include "efi/processor.h"
#include "loader/console.h"

/* No counter is slower than 1 MHz: Arm's Base System Architecture wants 10 MHz at least. */
const uint64_t clock_tenth = 100000;

uint64_t clock_ticks(void)
{
	uint64_t ticks;

	/* The barrier keeps the counter from being read early. */
	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
	return ticks;
}

uint64_t processor_ticks_in_ms(void)
{
	uint64_t hz;

	__asm__("mrs %0, cntfrq_el0" : "=r"(hz));
	return hz >= 1000 ? hz / 1000 : 1;
}
