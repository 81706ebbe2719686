/* Is this guest one whose memory its host cannot read? AMD64 APM, volume 2, 15.34; Intel TDX module
 * specification, CPUID virtualization. */
#include "loader/confidential.h"

#include "base/mem.h"

#define LEAF_FEATURES  1
#define HYPERVISOR     (1u << 31) /* ECX */
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

const char *confidential_by(const struct cpu *cpu)
{
	uint32_t regs[4], most;

	cpu->cpuid(0, regs);
	most = regs[0];
	cpu->cpuid(LEAF_FEATURES, regs);
	if (!(regs[2] & HYPERVISOR))
		return NULL;
	if (most >= LEAF_TDX) {
		cpu->cpuid(LEAF_TDX, regs);
		if (memcmp(&regs[1], "Inte", 4) == 0 && memcmp(&regs[3], "lTDX", 4) == 0 &&
		    memcmp(&regs[2], "    ", 4) == 0)
			return "Intel TDX";
	}
	return sev(cpu);
}
