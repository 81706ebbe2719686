/* The clock: the processor's own counter, whose pace the firmware tells. */
#include "loader/console.h"

#include "efi/efi.h"

#define TRIAL_US 250
#define TRIALS   8

/* No processor with 64 bits counts slower than 1 GHz. */
const uint64_t clock_tenth = 100000000;

uint64_t clock_ticks(void)
{
	return __builtin_ia32_rdtsc();
}

/* Ticks in a millisecond. The shortest of several trials counts: in the others the host may have
 * had something else to do meanwhile, and the clock would go slow for good. */
static uint64_t calibrate(void)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < TRIALS; i++) {
		uint64_t start = clock_ticks(), took;

		boot_services->Stall(TRIAL_US);
		took = clock_ticks() - start;
		if (took < least)
			least = took;
	}
	return least * 1000 / TRIAL_US;
}

static uint64_t ticks_in_ms(void)
{
	static uint64_t per_ms;

	if (per_ms == 0)
		per_ms = calibrate();
	return per_ms != 0 ? per_ms : UINT64_MAX;
}

uint64_t clock_ms(void)
{
	return clock_ticks() / ticks_in_ms();
}

uint64_t clock_us(uint64_t ticks)
{
	uint64_t per_ms = ticks_in_ms();

	/* In two parts: a product of all of it could overflow. */
	return ticks / per_ms * 1000 + ticks % per_ms * 1000 / per_ms;
}
