/* What only the processor can tell. */
#include "efi/channels.h"
#include "loader/confidential.h"

static void cpuid(uint32_t leaf, uint32_t regs[4])
{
	__asm__ volatile("cpuid"
			 : "=a"(regs[0]), "=b"(regs[1]), "=c"(regs[2]), "=d"(regs[3])
			 : "0"(leaf), "2"(0));
}

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
