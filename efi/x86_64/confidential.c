/* Is this guest confidential? Gives loader/settings/confidential.c the processor's registers. */
#include "loader/settings/confidential.h"

#include "efi/channels.h"
#include "efi/x86_64/cpu.h"

static uint64_t rdmsr(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (uint64_t)high << 32 | low;
}

const char *confidential_guest(void)
{
	static const struct cpu cpu = {cpuid, rdmsr};

	return confidential_by(&cpu);
}
