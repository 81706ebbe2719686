/* The clock: the virtual counter, whose rate a register tells (Arm ARM, D12: the Generic Timer). */
#include "efi/processor.h"
#include "loader/console.h"

/* The rate of QEMU's counter, for a firmware that forgot to say it. */
#define USUAL_HZ 62500000

static uint64_t rate(void)
{
	uint64_t hz;

	__asm__("mrs %0, cntfrq_el0" : "=r"(hz));
	return hz >= 1000 ? hz : USUAL_HZ;
}

uint64_t clock_tenth(void)
{
	return rate() / 10;
}

uint64_t clock_ticks(void)
{
	uint64_t ticks;

	/* The barrier keeps the counter from being read early. */
	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
	return ticks;
}

uint64_t processor_ticks_in_ms(void)
{
	return rate() / 1000;
}
