/* The clock in units of time. */
#include "efi/processor.h"
#include "loader/console.h"

uint64_t clock_ms(void)
{
	return clock_ticks() / processor_ticks_in_ms();
}

uint64_t clock_us(uint64_t ticks)
{
	uint64_t per_ms = processor_ticks_in_ms();

	/* In two parts: a product of all of it could overflow. */
	return ticks / per_ms * 1000 + ticks % per_ms * 1000 / per_ms;
}
