/* loader/plan.c: what to do where a boot cannot be planned. */
#include "config/image/pe.h"
#include "test/unit/loader/plan_fixture.h"

/* CURE is NULL where the sentence in the report says what to do. */
static void assert_cure(const char *kernel, struct str options, const char *cure)
{
	struct entry e = kernel_entry(kernel, NULL);

	assert_int_not_equal(plan_boot(&e, options, &report, &plan), OK);
	if (cure == NULL)
		assert_null(plan.what_to_do);
	else
		assert_string_equal(plan.what_to_do, cure);
}

static void a_file_that_is_not_what_it_should_be_is_replaced(void **state)
{
	(void)state;
	assert_cure("/gone", S(""), "put a whole file in its place, or correct the entry");
	assert_cure("/other", S(""), "put a whole file in its place, or correct the entry");
	files[0].size = PE_MAX + 1;
	assert_cure("/k", S(""), "put a smaller file in its place, or correct the entry");
}

static void a_kernel_for_another_machine_is_started_there(void **state)
{
	static const char cure[] = "start it on a machine that its kernel is for, or install a "
				   "kernel for EFI on this one";

	(void)state;
	pe_put16(PE_AT + 4, 0xaa64);
	assert_cure("/k", S(""), cure);
	pe_image[0] = 0xea; /* for a BIOS */
	assert_cure("/k", S(""), cure);
}

static void a_disk_that_fails_is_looked_at(void **state)
{
	(void)state;
	files[0].fails = E_IO;
	assert_cure("/k", S(""),
		    "look at the storage, or repair the file system (e2fsck, xfs_repair)");
	files[0].fails = E_CORRUPT;
	assert_cure("/k", S(""),
		    "look at the storage, or repair the file system (e2fsck, xfs_repair)");
	files[0].fails = E_UNSUPPORTED;
	assert_cure("/k", S(""), NULL);
}

/* What a person has edited is nobody else's. */
static void who_made_the_options_too_long_shortens_them(void **state)
{
	static char text[4096];
	struct entry e = {.kernel = S("/k"), .volume = volume, .options = {text, sizeof(text)}};

	(void)state;
	memset(text, 'x', sizeof(text));
	e.host_options = 1000;
	assert_int_equal(plan_boot(&e, e.options, &report, &plan), E_LIMIT);
	assert_string_equal(plan.what_to_do, "shorten the options");
	e.host_options = 4000;
	assert_int_equal(plan_boot(&e, e.options, &report, &plan), E_LIMIT);
	assert_string_equal(plan.what_to_do,
			    "shorten what the host says: options-append, options-replace "
			    "(partless-settings(5))");
	report_rewind(&report, 0);
	assert_int_equal(plan_boot(&e, (struct str){text, 4000}, &report, &plan), E_LIMIT);
	assert_string_equal(plan.what_to_do, "shorten the options");
	report.text[report.n] = '\0';
	assert_string_equal(report.text,
			    "the options are 4000 bytes long, this kernel takes at most 2047\n");
}

static void options_that_are_no_text_are_written_anew(void **state)
{
	(void)state;
	assert_cure("/k", S("\xff"), "save the file that the options come from as UTF-8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_that_is_not_what_it_should_be_is_replaced),
		TEST(a_kernel_for_another_machine_is_started_there),
		TEST(a_disk_that_fails_is_looked_at),
		TEST(who_made_the_options_too_long_shortens_them),
		TEST(options_that_are_no_text_are_written_anew),
	};

	return cmocka_run_group_tests_name("plan_cure", tests, NULL, NULL);
}
