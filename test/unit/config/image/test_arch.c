/* config/image/processors.c, arch.c: kernels and menus of the other processor. */
#include "config/image/pe.h"
#include "test/unit/arch.h"
#include "test/unit/pe_image.h"
#include "test/unit/test.h"

static struct report report;
static struct pe pe;

static int setup(void **state)
{
	(void)state;
	test_arch = &arch_aarch64;
	pe_make_program();
	pe_put16(PE_AT + 4, 0xaa64);
	report = (struct report){0};
	pe = (struct pe){0};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	test_arch = &arch_x86_64;
	return 0;
}

static enum status check(void)
{
	struct pe_file f = {pe_image, PE_HEAD, sizeof(pe_image), &report, NULL, S("")};

	return test_arch->check(&f, &pe);
}

/* Documentation/arch/arm64/booting.rst: "magic". */
static void an_image_is_a_linux_kernel(void **state)
{
	(void)state;
	memcpy(pe_image + 0x38, "ARM\x64", 4);
	assert_int_equal(check(), OK);
	assert_true(pe.linux_kernel);
	assert_int_equal(pe.cmdline_size, 2047);
	assert_true(pe.loads_initrd);
}

/* drivers/firmware/efi/libstub/zboot-header.S: "image type". Linux 6.1 has no LINUX_PE_MAGIC at
 * 0x38 there. */
static void a_kernel_that_unpacks_itself_is_one_too(void **state)
{
	(void)state;
	memcpy(pe_image + 4, "zimg", 4);
	assert_int_equal(check(), OK);
	assert_true(pe.linux_kernel);
}

static void another_program_is_no_kernel(void **state)
{
	(void)state;
	memcpy(pe_image + 0x202, "HdrS", 4); /* only on x86 */
	assert_int_equal(check(), OK);
	assert_false(pe.linux_kernel);
	assert_int_equal(pe.cmdline_size, 0);
}

static void a_kernel_of_x86_is_refused_by_name(void **state)
{
	static const char words[] =
		"is for x86-64 (BOOTX64.EFI boots it), this machine is aarch64\n";

	(void)state;
	pe_make_kernel();
	assert_int_equal(check(), E_UNSUPPORTED);
	assert_int_equal(report.n, sizeof(words) - 1);
	assert_memory_equal(report.text, words, sizeof(words) - 1);
}

static void a_kernel_without_an_efi_stub_is_refused(void **state)
{
	(void)state;
	memset(pe_image, 0, sizeof(pe_image));
	memcpy(pe_image, "\x20", 1);
	memcpy(pe_image + 0x38, "ARM\x64", 4);
	assert_int_equal(check(), E_UNSUPPORTED);
}

static void every_name_is_known_in_any_case(void **state)
{
	static const char *const names[] = {"aa64", "AARCH64", "arm64"};
	static const char *const others[] = {"x64", "arm", "", "aarch64 arm64", "riscv64"};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_true(arch_has_name(test_arch, str_of(names[i])));
	for (size_t i = 0; i < 5; i++)
		assert_false(arch_has_name(test_arch, str_of(others[i])));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_image_is_a_linux_kernel),
		TEST(a_kernel_that_unpacks_itself_is_one_too),
		TEST(another_program_is_no_kernel),
		TEST(a_kernel_of_x86_is_refused_by_name),
		TEST(a_kernel_without_an_efi_stub_is_refused),
		TEST(every_name_is_known_in_any_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
