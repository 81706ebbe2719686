/* loader/settings/confidential.c: the processor's answers, and what they say. */
#include "loader/settings/confidential.h"

#include "test/unit/test.h"

#define VIRTUAL (1u << 31)

/* A processor: the leaves it has, and the one MSR. */
static struct {
	struct {
		uint32_t leaf, regs[4];
	} leaves[5];
	uint64_t sev_status;
	unsigned rdmsrs;
} cpu;

static void fake_cpuid(uint32_t leaf, uint32_t regs[4])
{
	memset(regs, 0, 4 * sizeof(*regs));
	for (unsigned i = 0; i < 5; i++) {
		if (cpu.leaves[i].leaf == leaf)
			memcpy(regs, cpu.leaves[i].regs, 4 * sizeof(*regs));
	}
}

static uint64_t fake_rdmsr(uint32_t msr)
{
	assert_int_equal(msr, 0xc0010131);
	cpu.rdmsrs++;
	return cpu.sev_status;
}

static const char *by(void)
{
	return confidential_by(&(struct cpu){fake_cpuid, fake_rdmsr});
}

static int setup(void **state)
{
	(void)state;
	memset(&cpu, 0, sizeof(cpu));
	cpu.leaves[0].regs[0] = 0x20;
	cpu.leaves[1].leaf = 1;
	cpu.leaves[1].regs[2] = VIRTUAL;
	cpu.leaves[2].leaf = 0x80000000;
	cpu.leaves[2].regs[0] = 0x8000001f;
	cpu.leaves[3].leaf = 0x8000001f;
	cpu.leaves[3].regs[0] = 1u << 1;
	cpu.leaves[4].leaf = 0x21;
	return 0;
}

static void put_tdx(void)
{
	memcpy(&cpu.leaves[4].regs[1], "Inte", 4);
	memcpy(&cpu.leaves[4].regs[2], "    ", 4);
	memcpy(&cpu.leaves[4].regs[3], "lTDX", 4);
}

static void sev_is_what_its_msr_says(void **state)
{
	static const struct {
		uint64_t status;
		const char *name;
	} cases[] = {
		{1, "AMD SEV"},    {3, "AMD SEV-ES"},  {7, "AMD SEV-SNP"},     {5, "AMD SEV-SNP"},
		{2, "AMD SEV-ES"}, {4, "AMD SEV-SNP"}, {0xff03, "AMD SEV-ES"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		cpu.sev_status = cases[i].status;
		assert_string_equal(by(), cases[i].name);
	}
	cpu.sev_status = ~7ull; /* nothing of what is told by name */
	assert_null(by());
}

static void the_msr_is_not_read_where_there_is_none(void **state)
{
	(void)state;
	cpu.sev_status = 7;
	cpu.leaves[3].regs[0] = ~(1u << 1); /* SME and more, and no SEV */
	assert_null(by());
	setup(state);
	cpu.sev_status = 7;
	cpu.leaves[2].regs[0] = 0x8000001e;
	assert_null(by());
	assert_int_equal(cpu.rdmsrs, 0);
}

static void a_processor_with_sev_that_does_not_use_it_is_not_confidential(void **state)
{
	(void)state;
	cpu.leaves[1].regs[2] = 0; /* the host itself */
	assert_null(by());
	assert_int_equal(cpu.rdmsrs, 1);
}

static void tdx_has_a_leaf_with_its_name(void **state)
{
	(void)state;
	put_tdx();
	assert_string_equal(by(), "Intel TDX");
	for (unsigned i = 1; i < 4; i++) {
		put_tdx();
		cpu.leaves[4].regs[i] ^= 1u << 8 * i;
		assert_null(by());
	}
}

/* The hypervisor bit and the number of leaves. */
static void what_the_host_can_change_decides_nothing(void **state)
{
	static const uint32_t features[] = {0, VIRTUAL, ~VIRTUAL, UINT32_MAX};
	static const uint32_t most[] = {0, 1, 0x20, 0x21, UINT32_MAX};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		for (unsigned j = 0; j < 5; j++) {
			setup(state);
			cpu.leaves[0].regs[0] = most[j];
			cpu.leaves[1].regs[2] = features[i];
			assert_null(by());
			cpu.sev_status = 7;
			assert_string_equal(by(), "AMD SEV-SNP");
			put_tdx();
			assert_string_equal(by(), "Intel TDX");
			cpu.sev_status = 0;
			assert_string_equal(by(), "Intel TDX");
		}
	}
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sev_is_what_its_msr_says),
		TEST(the_msr_is_not_read_where_there_is_none),
		TEST(a_processor_with_sev_that_does_not_use_it_is_not_confidential),
		TEST(tdx_has_a_leaf_with_its_name),
		TEST(what_the_host_can_change_decides_nothing),
	};

	return cmocka_run_group_tests_name("confidential", tests, NULL, NULL);
}
