/* Is this guest one whose memory its host cannot read? AMD64 APM, volume 2, 15.34; Intel TDX module
 * specification, CPUID virtualization.
 *
 * The host answers a guest's CPUID, and a malicious one answers what it likes: it would clear the
 * hypervisor bit of leaf 1 to make the guest believe that there is no host. So we ask neither for
 * that bit nor for the last leaf that leaf 0 names. With TDX the TDX module answers, and the host
 * has no part in it. With SEV the register SEV_STATUS decides: only the processor writes it, and
 * outside of such a guest it is zero. Reading it on a processor without it is a fault, so leaf
 * 0x8000001f must report SEV first. With SEV-SNP the firmware takes that leaf from a page that the
 * secure processor checked. With SEV and SEV-ES, a host that hides SEV altogether deceives us as it
 * does Linux (sme_enable()). */
#include "loader/settings/confidential.h"

#include <stdbool.h>

#include "base/mem.h"

#define LEAF_TDX       0x21
#define LEAF_EXTENDED  0x80000000
#define LEAF_SEV       0x8000001f
#define SEV_SUPPORTED  (1u << 1) /* EAX */
#define MSR_SEV_STATUS 0xc0010131

static const char *sev(const struct cpu *cpu)
{
	static const char *const names[] = {NULL,          "AMD SEV",     "AMD SEV-ES",
					    "AMD SEV-ES",  "AMD SEV-SNP", "AMD SEV-SNP",
					    "AMD SEV-SNP", "AMD SEV-SNP"};
	uint32_t regs[4];

	cpu->cpuid(LEAF_EXTENDED, regs);
	if (regs[0] < LEAF_SEV)
		return NULL;
	cpu->cpuid(LEAF_SEV, regs);
	return regs[0] & SEV_SUPPORTED ? names[cpu->rdmsr(MSR_SEV_STATUS) & 7] : NULL;
}

/* The leaf may lie beyond the last one that there is. Then it reads as something else. */
static bool is_tdx(const struct cpu *cpu)
{
	uint32_t regs[4];

	cpu->cpuid(LEAF_TDX, regs);
	return memcmp(&regs[1], "Inte", 4) == 0 && memcmp(&regs[3], "lTDX", 4) == 0 &&
	       memcmp(&regs[2], "    ", 4) == 0;
}

const char *confidential_by(const struct cpu *cpu)
{
	return is_tdx(cpu) ? "Intel TDX" : sev(cpu);
}
