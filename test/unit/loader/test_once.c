/* loader/once.c: what a guest asks for its next boot alone. */
#include "fs/volume.h"
#include "loader/loader.h"
#include "loader/once.h"
#include "test/unit/platform.h"
#include "test/unit/test.h"

static struct report report;
static struct volume volume = {.name = S("disk")};
static struct entry stock[3] = {
	{.title = S("A"), .volume = &volume},
	{.title = S("B"), .volume = &volume},
	{.title = S("C"), .volume = &volume},
};
static struct item items[3] = {{.entry = &stock[0]}, {.entry = &stock[1]}, {.entry = &stock[2]}};
static struct config config;
static struct loader loader;

static int setup(void **state)
{
	(void)state;
	report = (struct report){0};
	stock[2].problem = (struct str){0};
	config = (struct config){.once = &stock[2], .once_hash = 17};
	loader = (struct loader){
		.report = &report, .entries = items, .entries_count = 3, .guest = &config};
	platform_memory = OK;
	platform_forget_all();
	return 0;
}

static unsigned chosen(void)
{
	loader.default_entry = 0;
	once_choose(&loader);
	return loader.default_entry;
}

static void assert_said(const char *text)
{
	report.text[report.n] = '\0';
	assert_string_equal(report.text, text);
}

static void what_is_asked_for_once_is_chosen_once(void **state)
{
	(void)state;
	assert_int_equal(chosen(), 2);
	assert_int_equal(chosen(), 0);
	assert_int_equal(chosen(), 0);
	assert_said("");
}

static void another_choice_counts_anew(void **state)
{
	(void)state;
	assert_int_equal(chosen(), 2);
	config.once = &stock[1];
	config.once_hash = 18;
	assert_int_equal(chosen(), 1);
	assert_int_equal(chosen(), 0);
}

static void the_same_choice_counts_anew_after_a_boot_without_it(void **state)
{
	(void)state;
	assert_int_equal(chosen(), 2);
	config.once = NULL;
	assert_int_equal(chosen(), 0);
	config.once = &stock[2];
	assert_int_equal(chosen(), 2);
}

static void nothing_is_taken_up_where_nothing_is_remembered(void **state)
{
	(void)state;
	platform_memory = E_UNSUPPORTED;
	assert_int_equal(chosen(), 0);
	assert_said("'C', asked for the next boot alone by grubenv on disk, is left out\n"
		    "  nothing is remembered here\n");
}

static void what_cannot_boot_is_told_and_stays_to_be_done(void **state)
{
	(void)state;
	stock[2].problem = S("kernel /gone is not there");
	assert_int_equal(chosen(), 0);
	assert_string_equal(platform_variables, "");
	assert_said("'C', asked for the next boot alone by grubenv on disk, cannot boot "
		    "(kernel /gone is not there): the default takes its place\n");
}

static void where_the_host_decides_nothing_is_used_up(void **state)
{
	(void)state;
	loader.guest = NULL;
	assert_int_equal(chosen(), 0);
	assert_string_equal(platform_variables, "");
}

static void what_was_honoured_stays_so_while_the_host_decides(void **state)
{
	(void)state;
	assert_int_equal(chosen(), 2);
	loader.guest = NULL;
	assert_int_equal(chosen(), 0);
	loader.guest = &config;
	assert_int_equal(chosen(), 0);
}

static void the_usual_default_is_remembered_beside_it(void **state)
{
	(void)state;
	assert_int_equal(chosen(), 2);
	assert_int_equal(loader.usual_entry, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_asked_for_once_is_chosen_once, setup),
		cmocka_unit_test_setup(another_choice_counts_anew, setup),
		cmocka_unit_test_setup(the_same_choice_counts_anew_after_a_boot_without_it, setup),
		cmocka_unit_test_setup(nothing_is_taken_up_where_nothing_is_remembered, setup),
		cmocka_unit_test_setup(what_cannot_boot_is_told_and_stays_to_be_done, setup),
		cmocka_unit_test_setup(where_the_host_decides_nothing_is_used_up, setup),
		cmocka_unit_test_setup(what_was_honoured_stays_so_while_the_host_decides, setup),
		cmocka_unit_test_setup(the_usual_default_is_remembered_beside_it, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
