/* Is this guest one whose memory its host cannot read? */
#ifndef LOADER_SETTINGS_CONFIDENTIAL_H
#define LOADER_SETTINGS_CONFIDENTIAL_H

#include <stdint.h>

/* The processor, as the caller can reach it. */
struct cpu {
	/* LEAF, subleaf 0: EAX, EBX, ECX, EDX. */
	void (*cpuid)(uint32_t leaf, uint32_t regs[4]);
	uint64_t (*rdmsr)(uint32_t msr);
};

/* What protects this guest from its host, "AMD SEV-SNP"; NULL when nothing does. An MSR is read
 * only where CPUID says that there is one. */
const char *confidential_by(const struct cpu *);

#endif
