/* loader/once.c, keep.c: what a guest asks for its next boot alone, and what is kept. */
#include "config/kept.h"
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
static const struct kept done = {.name = "GrubEnv-1", .text = S("done")};
static const struct kept usual = {.name = "GrubEnv-1", .text = S("usual")};
static struct config config;
static struct loader loader;

static int setup(void **state)
{
	(void)state;
	report = (struct report){0};
	stock[2].problem = (struct str){0};
	stock[1].kept = &usual;
	stock[1].kept_once = &done;
	stock[0].kept = &usual;
	config = (struct config){.first = &stock[1], .once = &stock[2], .kept_once = &done};
	loader = (struct loader){
		.report = &report, .entries = items, .entries_count = 3, .guest = &config};
	platform_memory = OK;
	platform_forgets = false;
	platform_forget_all();
	return 0;
}

static unsigned chosen(void)
{
	loader.default_entry = 0;
	once_choose(&loader, false);
	return loader.default_entry;
}

static void assert_said(const char *text)
{
	report.text[report.n] = '\0';
	assert_string_equal(report.text, text);
}

static void what_is_asked_for_once_is_chosen_and_kept(void **state)
{
	(void)state;
	assert_int_equal(chosen(), 2);
	assert_ptr_equal(stock[1].kept, &done);
	assert_ptr_equal(stock[0].kept, &usual); /* of another disk */
	assert_int_equal(loader.usual_entry, 0);
	assert_string_equal(platform_variables, "+GrubEnv-1 ");
	assert_said("");
}

/* `lockdown` leaves it out of the menu. */
static void a_wish_that_cannot_boot_is_honoured_though_the_menu_lacks_it(void **state)
{
	(void)state;
	stock[2].problem = S("kernel /k is not there");
	loader.entries_count = 2;
	assert_int_equal(chosen(), 0);
	assert_string_equal(platform_variables, "+GrubEnv-1 ");
	assert_said("'C', asked for the next boot alone by grubenv on disk, cannot boot (kernel /k "
		    "is not there): the default takes its place\n");
}

static void what_is_kept_already_is_not_written_again(void **state)
{
	(void)state;
	config = (struct config){.kept = &usual};
	assert_int_equal(chosen(), 0);
	assert_string_equal(platform_variables, "+GrubEnv-1 ");
	assert_int_equal(chosen(), 0);
	assert_string_equal(platform_variables, "+GrubEnv-1 ");
	config.kept = &done;
	assert_int_equal(chosen(), 0);
	assert_string_equal(platform_variables, "+GrubEnv-1 +GrubEnv-1 ");
}

static void what_is_not_wanted_any_more_is_deleted(void **state)
{
	static const struct kept nothing = {.name = "GrubEnv-1"};

	(void)state;
	config = (struct config){.kept = &nothing};
	assert_int_equal(chosen(), 0);
	assert_string_equal(platform_variables, "");
	config.kept = &usual;
	assert_int_equal(chosen(), 0);
	config.kept = &nothing;
	assert_int_equal(chosen(), 0);
	assert_string_equal(platform_variables, "+GrubEnv-1 -+GrubEnv-1 ");
}

static void nothing_is_honoured_that_cannot_be_kept(void **state)
{
	(void)state;
	platform_memory = E_NO_MEMORY;
	assert_int_equal(chosen(), 0);
	assert_ptr_equal(stock[1].kept, &usual);
	assert_said("'C', asked for the next boot alone by grubenv on disk, is left out: it would "
		    "be booted each time\n  nothing is remembered here\n");
}

static void a_firmware_that_forgets_keeps_nothing(void **state)
{
	(void)state;
	platform_forgets = true;
	assert_int_equal(chosen(), 0);
	assert_said("'C', asked for the next boot alone by grubenv on disk, is left out: it would "
		    "be booted each time\n  this firmware forgets its variables at a reset; give "
		    "the guest pflash with variables of its own\n");
	report = (struct report){0};
	config = (struct config){.kept = &usual};
	assert_int_equal(chosen(), 0);
	assert_string_equal(platform_variables, "");
	assert_said(""); /* every boot would say it */
}

static void what_is_saved_in_vain_is_told(void **state)
{
	(void)state;
	config = (struct config){.kept = &usual};
	platform_memory = E_NO_MEMORY;
	assert_int_equal(chosen(), 0);
	assert_said("what the boot menu saves is not kept for the next boot\n"
		    "  nothing is remembered here\n");
}

static void what_cannot_boot_is_told_and_done_with(void **state)
{
	(void)state;
	stock[2].problem = S("kernel /gone is not there");
	assert_int_equal(chosen(), 0);
	assert_string_equal(platform_variables, "+GrubEnv-1 ");
	assert_said("'C', asked for the next boot alone by grubenv on disk, cannot boot "
		    "(kernel /gone is not there): the default takes its place\n");
}

static void a_choice_of_which_nothing_can_be_kept_is_left_out(void **state)
{
	(void)state;
	config.kept_once = NULL;
	assert_int_equal(chosen(), 0);
	assert_said("'C', asked for the next boot alone by grubenv on disk, is left out: it would "
		    "be booted each time\n  its boot file does not save that this was done, or on "
		    "a file system without UUID\n");
}

static void where_the_host_decides_nothing_is_used_up(void **state)
{
	(void)state;
	loader.guest = NULL;
	assert_int_equal(chosen(), 0);
	assert_string_equal(platform_variables, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_asked_for_once_is_chosen_and_kept, setup),
		cmocka_unit_test_setup(a_wish_that_cannot_boot_is_honoured_though_the_menu_lacks_it,
				       setup),
		cmocka_unit_test_setup(what_is_kept_already_is_not_written_again, setup),
		cmocka_unit_test_setup(what_is_not_wanted_any_more_is_deleted, setup),
		cmocka_unit_test_setup(nothing_is_honoured_that_cannot_be_kept, setup),
		cmocka_unit_test_setup(a_firmware_that_forgets_keeps_nothing, setup),
		cmocka_unit_test_setup(what_is_saved_in_vain_is_told, setup),
		cmocka_unit_test_setup(what_cannot_boot_is_told_and_done_with, setup),
		cmocka_unit_test_setup(a_choice_of_which_nothing_can_be_kept_is_left_out, setup),
		cmocka_unit_test_setup(where_the_host_decides_nothing_is_used_up, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
