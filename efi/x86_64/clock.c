/* The clock: the time-stamp counter. Its rate is measured against the firmware's Stall(). */
#include "efi/efi.h"
#include "efi/processor.h"
#include "loader/console.h"

#define TRIAL_US 250
#define TRIALS   8

/* No processor with 64 bits counts slower than 1 GHz. */
uint64_t clock_tenth(void)
{
	return 100000000;
}

uint64_t clock_ticks(void)
{
	return __builtin_ia32_rdtsc();
}

/* Returns the ticks of a millisecond. The shortest of several trials counts: in the others the host
 * may have run something else meanwhile, and a rate too high would make our clock slow for good.
 * Two that agree to one percent are enough. */
static uint64_t calibrate(void)
{
	uint64_t least = UINT64_MAX;
	bool agree = false;

	for (int i = 0; i < TRIALS && !agree; i++) {
		uint64_t start = clock_ticks(), took;

		boot_services->Stall(TRIAL_US);
		took = clock_ticks() - start;
		agree = took - took / 100 <= least && least - least / 100 <= took;
		if (took < least)
			least = took;
	}
	return least * 1000 / TRIAL_US;
}

uint64_t processor_ticks_in_ms(void)
{
	static uint64_t per_ms;

	if (per_ms == 0)
		per_ms = calibrate();
	return per_ms != 0 ? per_ms : UINT64_MAX;
}
