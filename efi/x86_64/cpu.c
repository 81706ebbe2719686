/* Is there a hypervisor? */
#include "efi/x86_64/cpu.h"

#include "efi/processor.h"

#define ECX              2
#define CPUID_HYPERVISOR (1u << 31) /* leaf 1, ECX */

bool processor_is_virtual(void)
{
	uint32_t regs[4];

	cpuid(1, regs);
	return regs[ECX] & CPUID_HYPERVISOR;
}
