/* CPUID: what the processor says of itself. */
#ifndef EFI_X86_64_CPU_H
#define EFI_X86_64_CPU_H

#include <stdint.h>

/* Reads CPUID LEAF, sub-leaf 0, into REGS: EAX, EBX, ECX, EDX (Intel SDM, volume 2, CPUID). */
static inline void cpuid(uint32_t leaf, uint32_t regs[4])
{
	__asm__ volatile("cpuid"
			 : "=a"(regs[0]), "=b"(regs[1]), "=c"(regs[2]), "=d"(regs[3])
			 : "0"(leaf), "2"(0));
}

#endif
