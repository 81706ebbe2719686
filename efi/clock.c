/* The ticks of the clock as milliseconds and microseconds. */
#include "efi/processor.h"
#include "loader/console.h"

uint64_t clock_ms(void)
{
	return clock_ticks() / processor_ticks_in_ms();
}

uint64_t clock_us(uint64_t ticks)
{
	uint64_t per_ms = processor_ticks_in_ms();

	/* In two parts: ticks * 1000 could overflow. */
	return ticks / per_ms * 1000 + ticks % per_ms * 1000 / per_ms;
}
