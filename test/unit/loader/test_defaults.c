/* loader/defaults.c: which entry boots if nobody chooses, when tries are counted. */
#include "loader/defaults.h"

#include "fs/volume.h"
#include "loader/loader.h"
#include "test/unit/test.h"

static struct report report;
static struct volume volume = {.name = S("disk")};
static struct entry stock[3];
static struct item items[3];
static struct disk disk;
static struct loader loader;

static int setup(void **state)
{
	static const char *const titles[] = {"New", "Old", "Older"};

	(void)state;
	report = (struct report){0};
	disk = (struct disk){.volume = &volume};
	loader = (struct loader){.report = &report,
				 .disks = &disk,
				 .count = 1,
				 .entries = items,
				 .entries_count = 3};
	for (unsigned i = 0; i < 3; i++) {
		stock[i] = (struct entry){.title = str_of(titles[i]),
					  .id = str_of(titles[i]),
					  .from = S("/menu"),
					  .menu = &volume,
					  .volume = &volume,
					  .next = i < 2 ? &stock[i + 1] : NULL};
		items[i] = (struct item){.entry = &stock[i], .disk = &disk};
	}
	disk.config = (struct config){.first = stock, .last = &stock[2], .count = 3};
	return 0;
}

static unsigned chosen(void)
{
	defaults_choose(&loader);
	assert_true(loader.bootable);
	return loader.default_entry;
}

static void assert_said(const char *text)
{
	report.text[report.n] = '\0';
	assert_string_equal(report.text, text);
}

#define PASSED_OVER                                                                          \
	"'New' (/menu on disk) is passed over: it was started as often as its boot counter " \
	"allows, and no boot of it was called good\n"

static void an_entry_with_tries_left_is_the_default(void **state)
{
	(void)state;
	stock[0].counted = true;
	stock[0].left = 1;
	assert_int_equal(chosen(), 0);
	assert_said("");
}

static void a_spent_entry_is_passed_over_and_told(void **state)
{
	(void)state;
	stock[0].counted = true;
	assert_int_equal(chosen(), 1);
	assert_said(PASSED_OVER);
}

static void a_spent_default_is_passed_over_for_the_first_that_is_not(void **state)
{
	(void)state;
	stock[0].counted = stock[1].counted = true;
	stock[1].left = 2;
	disk.config.default_entry = &stock[0];
	assert_int_equal(chosen(), 1);
	assert_said(PASSED_OVER);
}

static void where_all_are_spent_the_default_boots_all_the_same(void **state)
{
	(void)state;
	stock[0].counted = stock[1].counted = stock[2].counted = true;
	disk.config.default_entry = &stock[1];
	assert_int_equal(chosen(), 1);
}

static void the_hosts_default_is_passed_over_too(void **state)
{
	(void)state;
	stock[0].counted = true;
	disk.config.default_entry = &stock[2];
	loader.settings.said[SET_DEFAULT] = SAID_IN_FILE;
	loader.settings.default_glob = S("New");
	assert_int_equal(chosen(), 2);
	assert_said(PASSED_OVER);
	loader.settings.default_glob = S("*e*"); /* New, Older */
	assert_int_equal(chosen(), 2);
}

static void a_spent_entry_that_cannot_boot_is_not_told(void **state)
{
	(void)state;
	stock[0].counted = true;
	stock[0].problem = S("kernel /k is not there");
	assert_int_equal(chosen(), 1);
	assert_said("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_entry_with_tries_left_is_the_default, setup),
		cmocka_unit_test_setup(a_spent_entry_is_passed_over_and_told, setup),
		cmocka_unit_test_setup(a_spent_default_is_passed_over_for_the_first_that_is_not,
				       setup),
		cmocka_unit_test_setup(where_all_are_spent_the_default_boots_all_the_same, setup),
		cmocka_unit_test_setup(the_hosts_default_is_passed_over_too, setup),
		cmocka_unit_test_setup(a_spent_entry_that_cannot_boot_is_not_told, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
