/* The processor's description of itself. */
#ifndef EFI_X86_64_CPU_H
#define EFI_X86_64_CPU_H

#include <stdint.h>

/* EAX, EBX, ECX and EDX of CPUID's LEAF, sub-leaf 0 (Intel SDM, volume 2, CPUID). */
static inline void cpuid(uint32_t leaf, uint32_t regs[4])
{
	__asm__ volatile("cpuid"
			 : "=a"(regs[0]), "=b"(regs[1]), "=c"(regs[2]), "=d"(regs[3])
			 : "0"(leaf), "2"(0));
}

#endif
