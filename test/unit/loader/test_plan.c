/* loader/plan.c and config/image/pe.c: what is refused before the firmware sees it, and which
 * words. */
#include "base/arena.h"
#include "config/image/pe.h"
#include "test/unit/console.h"
#include "test/unit/loader/plan_fixture.h"

static void assert_refused(enum status got, enum status want, const char *sentence)
{
	char text[REPORT_SIZE + 1];

	memcpy(text, report.text, report.n);
	text[report.n] = '\0';
	assert_string_equal(text, sentence);
	assert_int_equal(got, want);
	report = (struct report){0};
}

/* Plans /k with options and asserts how it is refused; the sentence follows "kernel /k". */
static void kernel_refused(enum status want, const char *why)
{
	struct entry e = kernel_entry("/k", NULL);
	char sentence[512];

	snprintf(sentence, sizeof(sentence), "kernel /k\n  %s\n", why);
	assert_refused(plan_boot(&e, S("quiet"), &report, &plan), want, sentence);
}

static void a_kernel_with_initrds_is_planned(void **state)
{
	struct entry e = kernel_entry("/k", "/five");

	(void)state;
	e.initrd[e.initrds++] = S("/four");
	e.initrd[e.initrds++] = S("/five");
	assert_int_equal(plan_boot(&e, S("ro quiet"), &report, &plan), OK);
	assert_int_equal(report.n, 0);
	assert_ptr_equal(plan.entry, &e);
	assert_int_equal(plan.options.n, 8);
	assert_int_equal(plan.kernel_size, PE_IMAGE_SIZE);
	assert_int_equal(plan.initrd_size[0], 5);
	assert_int_equal(plan.initrd_total, 8 + 4 + 5);
}

static void initrds_are_joined_at_multiples_of_four(void **state)
{
	struct entry e = kernel_entry("/k", "/five");
	char buffer[18];

	(void)state;
	e.initrd[e.initrds++] = S("/four");
	e.initrd[e.initrds++] = S("/five");
	assert_int_equal(plan_boot(&e, S(""), &report, &plan), OK);
	assert_int_equal(plan.initrd_total, 17);
	memset(buffer, 0x5a, sizeof(buffer));
	assert_int_equal(plan_read_initrd(&plan, 0, buffer, 17), OK);
	assert_memory_equal(buffer, "12345\0\0\0abcd12345\x5a", 18);
}

static void any_part_of_the_joined_initrds_can_be_had(void **state)
{
	static const char whole[] = "12345\0\0\0abcd12345";
	struct entry e = kernel_entry("/k", "/five");

	(void)state;
	e.initrd[e.initrds++] = S("/four");
	e.initrd[e.initrds++] = S("/five");
	assert_int_equal(plan_boot(&e, S(""), &report, &plan), OK);
	for (size_t from = 0; from <= 17; from++) {
		for (size_t n = 0; n <= 17 - from; n++) {
			char buffer[19];

			memset(buffer, 0x5a, sizeof(buffer));
			assert_int_equal(plan_read_initrd(&plan, from, buffer + 1, n), OK);
			assert_memory_equal(buffer + 1, whole + from, n);
			assert_int_equal(buffer[0], 0x5a);
			assert_int_equal(buffer[n + 1], 0x5a);
		}
	}
}

/* Serves /five and another from the start, in pieces of STEP bytes, and gives what was said. */
static const char *said_of(const char *other, size_t step)
{
	struct entry e = kernel_entry("/k", "/cpio");
	char buffer[64];

	e.initrd[e.initrds++] = str_of(other);
	report = (struct report){0};
	console_script(80, 25, NULL, 0);
	assert_int_equal(plan_boot(&e, S(""), &report, &plan), OK);
	assert_true(plan.initrd_total <= sizeof(buffer));
	for (size_t at = 0; at < plan.initrd_total; at += step) {
		size_t n = plan.initrd_total - at < step ? plan.initrd_total - at : step;

		assert_int_equal(plan_read_initrd(&plan, at, buffer, n), OK);
	}
	return console_log;
}

static void an_initrd_that_begins_as_none_is_told_when_it_is_served(void **state)
{
	(void)state;
	assert_string_equal(said_of("/cpio", 64), "");
	for (size_t step = 12; step <= 64; step += 26)
		assert_string_equal(said_of("/four", step),
				    "initrd /four on fake does not begin as an initrd; let the "
				    "guest make it anew\n");
	assert_string_equal(said_of("/four", 2), ""); /* too little to tell by */
}

static void an_initrd_that_fails_to_read_is_a_failure(void **state)
{
	struct entry e = kernel_entry("/k", "/five");
	char buffer[8];

	(void)state;
	assert_int_equal(plan_boot(&e, S(""), &report, &plan), OK);
	files[1].fails = E_IO;
	assert_int_equal(plan_read_initrd(&plan, 0, buffer, 5), E_IO);
	files[1].fails = OK;
}

static void a_file_that_is_none_is_refused(void **state)
{
	static const struct {
		const char *path, *why;
		enum status status;
	} cases[] = {
		{"/gone", "/gone: no such file", E_NOT_FOUND},
		{"/folder", "is a directory", E_WRONG_TYPE},
		{"/tty", "is no regular file", E_WRONG_TYPE},
		{"/empty", "is empty", E_CORRUPT},
		{"/bad", "fake: cannot read /bad\n    /bad: read error", E_IO},
		{"/endless", NULL, E_LIMIT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct entry kernel = kernel_entry(cases[i].path, NULL);
		struct entry initrd = kernel_entry("/k", cases[i].path);
		const char *why = cases[i].why;
		char sentence[256];

		snprintf(sentence, sizeof(sentence), "kernel %s\n  %s\n", cases[i].path,
			 why ? why
			     : "has 18446744073709551615 bytes, at most 536870912 can be loaded");
		assert_refused(plan_boot(&kernel, S(""), &report, &plan), cases[i].status,
			       sentence);
		snprintf(sentence, sizeof(sentence), "initrd %s\n  %s\n", cases[i].path,
			 why ? why
			     : "has 18446744073709551615 bytes, at most 4294967296 can be loaded");
		assert_refused(plan_boot(&initrd, S(""), &report, &plan), cases[i].status,
			       sentence);
	}
}

static void initrds_that_are_too_large_together_are_refused(void **state)
{
	struct entry e = kernel_entry("/k", "/huge");

	(void)state;
	e.initrd[e.initrds++] = S("/four");
	assert_int_equal(plan_boot(&e, S(""), &report, &plan), OK);
	assert_true(plan.initrd_total == INITRD_MAX);
	e.initrd[1] = S("/five");
	assert_refused(plan_boot(&e, S(""), &report, &plan), E_LIMIT,
		       "initrd /five\n"
		       "  the initrds have more than 4294967296 bytes together\n");
}

static void another_kind_of_file_is_called_by_its_name(void **state)
{
	static const struct {
		const char *bytes, *why;
	} cases[] = {
		{"\x1f\x8b\x08\x00", "is a gzip file (unpack it), not an EFI program"},
		{"\x28\xb5\x2f\xfd", "is a zstd file (unpack it), not an EFI program"},
		{"\xfd"
		 "7zXZ",
		 "is an xz file (unpack it), not an EFI program"},
		{"\x7f"
		 "ELF",
		 "is an ELF file (a bare vmlinux?), not an EFI program"},
		{"070701", "is a cpio archive (an initrd?), not an EFI program"},
		{"hello", "is not an EFI program"},
		{"M", "is not an EFI program"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		memset(pe_image, 0, sizeof(pe_image));
		memcpy(pe_image, cases[i].bytes, strlen(cases[i].bytes));
		kernel_refused(E_WRONG_TYPE, cases[i].why);
	}
	memset(pe_image, 0, sizeof(pe_image));
	kernel_refused(E_WRONG_TYPE, "is zeros (was it written completely?), not an EFI program");
}

static void a_kernel_without_an_efi_stub_is_refused(void **state)
{
	(void)state;
	pe_image[0] = 0xea;
	kernel_refused(E_UNSUPPORTED, "is a Linux kernel without an EFI stub (CONFIG_EFI_STUB)");
	pe_image[0] = 'M';
	pe_put32(0x3c, 0x400); /* MZ, but what it points to is no PE header */
	kernel_refused(E_UNSUPPORTED, "is a Linux kernel without an EFI stub (CONFIG_EFI_STUB)");
}

static void another_machine_is_called_by_its_name(void **state)
{
	(void)state;
	pe_put16(PE_AT + 4, 0xaa64);
	kernel_refused(E_UNSUPPORTED,
		       "is for aarch64 (BOOTAA64.EFI boots it), this machine is x86-64");
	pe_put16(PE_AT + 4, 0x14c);
	kernel_refused(E_UNSUPPORTED, "is for 32-bit x86, this machine is x86-64");
	pe_put16(PE_AT + 4, 0x1234);
	kernel_refused(E_UNSUPPORTED, "is for another machine (0x1234), this one is x86-64");
}

static void a_program_for_windows_is_refused(void **state)
{
	(void)state;
	pe_put16(PE_OPT_AT + 68, 3);
	kernel_refused(E_WRONG_TYPE, "is a program for an operating system, not for EFI firmware");
}

static void a_truncated_program_is_told_with_both_sizes(void **state)
{
	(void)state;
	files[0].size = 0x3fff;
	kernel_refused(E_CORRUPT,
		       "is truncated: its headers ask for 16384 bytes, the file has 16383");
	files[0].size = PE_SECTION_AT + 79;
	kernel_refused(E_CORRUPT, "is truncated: its headers ask for 472 bytes, the file has 471");
	files[0].size = PE_AT + 23;
	kernel_refused(E_CORRUPT, "is truncated: its headers ask for 152 bytes, the file has 151");
	files[0].size = 63;
	kernel_refused(E_CORRUPT, "is truncated: its headers ask for 64 bytes, the file has 63");
	files[0].size = PE_IMAGE_SIZE;
	pe_put32(PE_OPT_AT + 112 + 4 * 8, 16000); /* the signature was cut off */
	pe_put32(PE_OPT_AT + 112 + 4 * 8 + 4, 385);
	kernel_refused(E_CORRUPT,
		       "is truncated: its headers ask for 16385 bytes, the file has 16384");
}

static void every_length_of_a_kernel_is_refused_or_planned(void **state)
{
	struct entry e = kernel_entry("/k", NULL);

	(void)state;
	for (size_t size = 1; size < PE_IMAGE_SIZE; size += size < 1024 ? 1 : 97) {
		files[0].size = size;
		assert_int_not_equal(plan_boot(&e, S(""), &report, &plan), OK);
		report_rewind(&report, 0);
	}
}

static void forged_headers_are_refused(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
		const char *why;
		enum status status;
	} cases[] = {
		{0x3c, UINT32_MAX,
		 "is truncated: its headers ask for 4294967319 bytes, the file has 16384",
		 E_CORRUPT},
		{0x3c, 8192, "has its headers beyond the first 4096 bytes", E_UNSUPPORTED},
		{PE_AT + 20, 0xffff,
		 "is truncated: its headers ask for 65767 bytes, the file has 16384", E_CORRUPT},
		{PE_AT + 20, 5000, "has its headers beyond the first 4096 bytes", E_UNSUPPORTED},
		{PE_AT + 20, 111, "has a damaged program header", E_CORRUPT},
		{PE_AT + 4, 0x8664, "has a damaged program header", E_CORRUPT}, /* 0 sections */
		{PE_AT + 4, 0xffff8664, "has a damaged program header", E_CORRUPT},
		{PE_OPT_AT, 0x10b, "has a damaged program header", E_CORRUPT},
		{PE_SECTION_AT + 16, UINT32_MAX,
		 "is truncated: its headers ask for 4294971391 bytes, the file has 16384",
		 E_CORRUPT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		pe_make_kernel();
		pe_put32(cases[i].at, cases[i].value);
		kernel_refused(cases[i].status, cases[i].why);
	}
}

static void options_are_never_cut(void **state)
{
	static char text[OPTIONS_MAX + 1];
	struct entry e = kernel_entry("/k", NULL);

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(plan_boot(&e, (struct str){text, 2047}, &report, &plan), OK);
	assert_refused(plan_boot(&e, (struct str){text, 2048}, &report, &plan), E_LIMIT,
		       "the options are 2048 bytes long, this kernel takes at most 2047\n");
	pe_put16(0x206, 0x205); /* a boot protocol that does not say */
	assert_refused(plan_boot(&e, (struct str){text, 256}, &report, &plan), E_LIMIT,
		       "the options are 256 bytes long, this kernel takes at most 255\n");
	pe_make_program();
	e.kind = ENTRY_EFI;
	assert_int_equal(plan_boot(&e, (struct str){text, OPTIONS_MAX}, &report, &plan), OK);
	assert_refused(plan_boot(&e, (struct str){text, OPTIONS_MAX + 1}, &report, &plan), E_LIMIT,
		       "the options are 65536 bytes long, a program takes at most 65535\n");
}

static void options_that_cannot_become_utf16_are_refused(void **state)
{
	struct entry e = kernel_entry("/k", NULL);

	(void)state;
	assert_int_equal(plan_boot(&e, S("name=J\xc3\xb6rg \xf0\x9f\x90\xa7"), &report, &plan), OK);
	assert_refused(plan_boot(&e, S("name=J\xf6rg"), &report, &plan), E_SYNTAX,
		       "byte 7 of the options is not UTF-8\n");
	assert_refused(plan_boot(&e, S("a\0b"), &report, &plan), E_SYNTAX,
		       "byte 2 of the options is NUL\n");
}

/* Plans /k, with an initrd or without, and asserts what its options become. */
static void options_become(const char *initrd, const char *options, const char *want)
{
	struct entry e = kernel_entry("/k", initrd);
	char text[256];
	size_t n;

	assert_int_equal(plan_boot(&e, str_of(options), &report, &plan), OK);
	n = plan_options(&plan, text, sizeof(text) - 1);
	assert_in_range(n, 0, sizeof(text) - 1);
	text[n] = '\0';
	assert_string_equal(text, want);
	memset(text, 0x5a, sizeof(text));
	assert_int_equal(plan_options(&plan, text, 3), n);
	assert_int_equal(text[3], 0x5a);
}

static void an_old_kernel_finds_its_initrd_by_name(void **state)
{
	(void)state;
	pe_put16(PE_OPT_AT + 44, 0);
	options_become("/four", "", "initrd=/initrd");
	options_become("/four", "ro  quiet -- x", "initrd=/initrd ro  quiet -- x");
	options_become("/four", "ro initrd=/boot/i.img quiet", "initrd=/initrd ro quiet");
	assert_true(plan.initrd_by_file);
	options_become(NULL, "ro", "ro");
	assert_false(plan.initrd_by_file);
}

static void an_initrd_in_the_options_of_a_kernel_is_left_out(void **state)
{
	struct entry e = kernel_entry("/k", NULL);

	(void)state;
	options_become("/four", "initrd=/a", "");
	options_become(NULL, "initrd=\\a  ro initrd=b rd.x=1", "ro rd.x=1");
	options_become("/four", "noinitrd x=\"y initrd=z\" rdinitrd=q",
		       "noinitrd x=\"y initrd=z\" rdinitrd=q");
	assert_false(plan.initrd_by_file);
	e.kind = ENTRY_EFI;
	assert_int_equal(plan_boot(&e, S("initrd=a"), &report, &plan), OK);
	assert_int_equal(plan_options(&plan, NULL, 0), 8);
}

static void the_word_for_the_initrd_counts_among_the_options(void **state)
{
	struct entry e = kernel_entry("/k", "/four");
	char text[256];

	(void)state;
	pe_put16(PE_OPT_AT + 44, 0);
	pe_put32(0x238, 255);
	memset(text, 'x', sizeof(text));
	assert_int_equal(plan_boot(&e, (struct str){text, 240}, &report, &plan), OK);
	assert_refused(plan_boot(&e, (struct str){text, 241}, &report, &plan), E_LIMIT,
		       "the options are 256 bytes long, this kernel takes at most 255\n");
}

static void a_unified_kernel_image_is_planned_without_initrd(void **state)
{
	struct entry e = kernel_entry("/k", NULL);

	(void)state;
	pe_make_program();
	pe_put_section(1, ".linux", 0x2000, 0x2000);
	memset(pe_image + PE_SECTION_AT + 40 + 6, 0, 2);
	assert_int_equal(plan_boot(&e, S(""), &report, &plan), OK);
	e = kernel_entry("/k", "/four");
	assert_refused(plan_boot(&e, S(""), &report, &plan), E_UNSUPPORTED,
		       "kernel /k\n  is a unified kernel image, which brings its own "
		       "initrd: name no other\n");
}

static void a_program_is_started_by_efi_and_not_by_linux(void **state)
{
	struct entry e = kernel_entry("/k", NULL);

	(void)state;
	pe_make_program();
	kernel_refused(E_WRONG_TYPE, "is an EFI program, but no Linux kernel: start it with 'efi' "
				     "instead of 'linux'");
	e.kind = ENTRY_EFI;
	assert_int_equal(plan_boot(&e, S("--x"), &report, &plan), OK);
	e.kernel = S("/gone");
	assert_refused(plan_boot(&e, S(""), &report, &plan), E_NOT_FOUND,
		       "EFI program /gone\n  /gone: no such file\n");
}

static void an_entry_without_a_kernel_says_its_problem(void **state)
{
	struct entry e = {.title = S("A"), .problem = S("it names no kernel"), .volume = volume};

	(void)state;
	assert_refused(plan_boot(&e, S(""), &report, &plan), E_NOT_FOUND, "it names no kernel\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_kernel_with_initrds_is_planned),
		TEST(initrds_are_joined_at_multiples_of_four),
		TEST(any_part_of_the_joined_initrds_can_be_had),
		TEST(an_initrd_that_begins_as_none_is_told_when_it_is_served),
		TEST(an_initrd_that_fails_to_read_is_a_failure),
		TEST(a_file_that_is_none_is_refused),
		TEST(initrds_that_are_too_large_together_are_refused),
		TEST(another_kind_of_file_is_called_by_its_name),
		TEST(a_kernel_without_an_efi_stub_is_refused),
		TEST(another_machine_is_called_by_its_name),
		TEST(a_program_for_windows_is_refused),
		TEST(a_truncated_program_is_told_with_both_sizes),
		TEST(every_length_of_a_kernel_is_refused_or_planned),
		TEST(forged_headers_are_refused),
		TEST(options_are_never_cut),
		TEST(options_that_cannot_become_utf16_are_refused),
		TEST(an_old_kernel_finds_its_initrd_by_name),
		TEST(an_initrd_in_the_options_of_a_kernel_is_left_out),
		TEST(the_word_for_the_initrd_counts_among_the_options),
		TEST(a_unified_kernel_image_is_planned_without_initrd),
		TEST(a_program_is_started_by_efi_and_not_by_linux),
		TEST(an_entry_without_a_kernel_says_its_problem),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
