/* loader/interface/wishes.c: what the guest asks for by variables. */
#include "fs/volume.h"
#include "loader/interface/interface.h"
#include "loader/interface/wishes.h"
#include "loader/log.h"
#include "test/unit/logged.h"
#include "test/unit/variables.h"

static struct report report;
static struct volume volume = {.name = S("disk")};
static struct disk disk;
static struct entry stock[3];
static struct item items[3];
static struct loader loader;
static struct interface interface;

static int setup(void **state)
{
	static const char *const ids[] = {"a", "b", "c"};

	(void)state;
	report = (struct report){0};
	disk = (struct disk){0};
	for (unsigned i = 0; i < 3; i++) {
		stock[i] =
			(struct entry){.id = str_of(ids[i]), .title = S("title"), .menu = &volume};
		items[i] = (struct item){.entry = &stock[i], .disk = &disk};
	}
	loader = (struct loader){.report = &report,
				 .entries = items,
				 .entries_count = 3,
				 .bootable = true,
				 .timeout = 3};
	platform_memory = OK;
	platform_forgets = platform_confidential = false;
	platform_forget_all();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return platform_free(&loader);
}

/* What wishes_choose() returns at the next boot. */
static bool choose(void)
{
	arena_free(&loader.arena);
	loader.default_entry = loader.usual_entry = 0;
	loader.timeout = loader.settings.said[SET_TIMEOUT] ? loader.settings.timeout : 3;
	for (unsigned i = 0; i < 3; i++)
		items[i].told_id = S("");
	interface = (struct interface){0};
	platform_variables[0] = '\0';
	platform_gets = 0;
	return wishes_choose(&loader, &interface);
}

static void assert_said(const char *text)
{
	report.text[report.n] = '\0';
	assert_string_equal(report.text, text);
}

static void an_ordinary_boot_reads_four_variables_and_writes_none(void **state)
{
	(void)state;
	assert_false(choose());
	assert_int_equal(platform_gets, 4);
	assert_string_equal(platform_variables, "");
	assert_said("");
	assert_int_equal(loader.default_entry, 0);
	assert_int_equal(loader.timeout, 3);
	assert_false(interface.waits || interface.saves);
}

static void a_one_shot_is_honoured_once_and_gone(void **state)
{
	(void)state;
	variable("LoaderEntryOneShot", "auto-c");
	assert_true(choose());
	assert_int_equal(loader.default_entry, 2);
	assert_int_equal(loader.usual_entry, 0);
	assert_string_equal(platform_variables, "-+LoaderEntryOneShot ");
	assert_false(choose());
	assert_int_equal(loader.default_entry, 0);
	assert_said("");
}

static void the_default_is_a_glob_and_stays(void **state)
{
	(void)state;
	variable("LoaderEntryDefault", "AUTO-[bc]*");
	assert_false(choose());
	assert_int_equal(loader.default_entry, 1);
	assert_false(choose());
	assert_int_equal(loader.default_entry, 1);
	assert_string_equal(platform_variables, "");
	assert_false(interface.saves);
}

static void a_one_shot_goes_before_the_default(void **state)
{
	(void)state;
	variable("LoaderEntryDefault", "auto-b");
	variable("LoaderEntryOneShot", "auto-c");
	assert_true(choose());
	assert_int_equal(loader.default_entry, 2);
	assert_int_equal(loader.usual_entry, 1); /* what is tried when the other fails */
}

static void the_hosts_default_goes_before_both(void **state)
{
	(void)state;
	loader.settings.said[SET_DEFAULT] = SAID_BY_SMBIOS;
	loader.settings.default_glob = S("a");
	variable("LoaderEntryDefault", "auto-b");
	variable("LoaderEntryOneShot", "auto-c");
	assert_false(choose());
	assert_int_equal(loader.default_entry, 0);
	assert_string_equal(platform_variables, "-+LoaderEntryOneShot "); /* its boot is this one */
	loader.settings.default_glob = S("nothing"); /* the host has not decided */
	variable("LoaderEntryOneShot", "auto-c");
	assert_true(choose());
}

static void what_cannot_boot_is_told_and_not_chosen(void **state)
{
	(void)state;
	stock[2].problem = S("kernel /gone is not there");
	variable("LoaderEntryOneShot", "auto-c");
	assert_false(choose());
	assert_int_equal(loader.default_entry, 0);
	assert_said("LoaderEntryOneShot 'auto-c', which the guest set, is not honoured: "
		    "it cannot boot: kernel /gone is not there\n");
	assert_string_equal(platform_variables, "-+LoaderEntryOneShot ");
}

static void a_disk_that_the_host_does_not_name_is_told_and_not_chosen(void **state)
{
	(void)state;
	loader.settings.said[SET_DISK] = SAID_BY_SMBIOS;
	variable("LoaderEntryDefault", "auto-c");
	assert_false(choose());
	assert_int_equal(loader.default_entry, 0);
	assert_said("LoaderEntryDefault 'auto-c', which the guest set, is not honoured: "
		    "it is on a disk that the host does not name\n");
	items[2].disk = NULL; /* the host's own entry */
	assert_false(choose());
	assert_int_equal(loader.default_entry, 2);
}

static void the_first_of_a_globs_entries_that_boots_is_chosen(void **state)
{
	(void)state;
	stock[0].problem = S("gone");
	variable("LoaderEntryDefault", "auto-*");
	assert_false(choose());
	assert_int_equal(loader.default_entry, 1);
	assert_said("");
}

static void an_id_that_no_entry_has_is_told(void **state)
{
	(void)state;
	variable("LoaderEntryDefault", "auto-\xc3\xbc");
	assert_false(choose());
	assert_int_equal(loader.default_entry, 0);
	assert_said("LoaderEntryDefault 'auto-\xc3\xbc', which the guest set, is not honoured: "
		    "no entry has that id\n");
}

static void the_last_one_booted_is_the_default_while_it_is_saved(void **state)
{
	(void)state;
	variable("LoaderEntryDefault", "@saved");
	assert_false(choose()); /* nothing is saved yet */
	assert_true(interface.saves);
	assert_int_equal(loader.default_entry, 0);
	variable("LoaderEntryLastBooted", "auto-b");
	assert_false(choose());
	assert_true(interface.saves);
	assert_int_equal(loader.default_entry, 1);
	assert_string_equal(platform_variables, "");
	variable("LoaderEntryOneShot", "auto-c");
	assert_true(choose());
	assert_false(interface.saves);
	assert_int_equal(loader.usual_entry, 1);
	assert_said("");
}

static void the_last_one_booted_is_forgotten_with_another_default(void **state)
{
	(void)state;
	variable("LoaderEntryLastBooted", "auto-b");
	assert_false(choose());
	assert_string_equal(platform_variables, "");
	variable("LoaderEntryDefault", "auto-c");
	assert_false(choose());
	assert_int_equal(loader.default_entry, 2);
	assert_string_equal(platform_variables, "-+LoaderEntryLastBooted ");
	assert_false(choose());
	assert_string_equal(platform_variables, "");
}

static void timeouts_are_seconds_or_words(void **state)
{
	static const struct {
		const char *text;
		unsigned seconds;
		bool waits;
	} all[] = {
		{"0", 0, false},           {"7", 7, false},
		{"menu-hidden", 0, false}, {"menu-disabled", 0, false},
		{"menu-force", 3, true},   {"18446744073709551615", TIMEOUT_MAX, false},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(all) / sizeof(*all); i++) {
		variable("LoaderConfigTimeout", all[i].text);
		assert_false(choose());
		assert_int_equal(loader.timeout, all[i].seconds);
		assert_int_equal(interface.waits, all[i].waits);
		assert_string_equal(platform_variables, "");
	}
	assert_said("");
	variable("LoaderConfigTimeout", "-1");
	assert_false(choose());
	assert_int_equal(loader.timeout, 3);
	assert_said("LoaderConfigTimeout '-1', which the guest set, is not honoured: "
		    "it is no number of seconds\n");
}

static void a_menu_that_is_asked_for_once_is_shown_once(void **state)
{
	(void)state;
	variable("LoaderConfigTimeout", "0");
	variable("LoaderConfigTimeoutOneShot", "20");
	assert_false(choose());
	assert_int_equal(loader.timeout, 20);
	assert_string_equal(platform_variables, "-+LoaderConfigTimeoutOneShot ");
	variable("LoaderConfigTimeoutOneShot", "0");
	assert_false(choose());
	assert_true(interface.waits);
	variable("LoaderConfigTimeoutOneShot", "menu-hidden"); /* that it is set asks for a menu */
	assert_false(choose());
	assert_true(interface.waits);
	assert_false(choose());
	assert_false(interface.waits);
	assert_int_equal(loader.timeout, 0);
}

static void the_hosts_timeout_goes_before_the_guests(void **state)
{
	(void)state;
	loader.settings.said[SET_TIMEOUT] = SAID_BY_SMBIOS;
	loader.settings.timeout = 5;
	variable("LoaderConfigTimeout", "9");
	assert_false(choose());
	assert_int_equal(loader.timeout, 5);
	assert_int_equal(platform_gets, 3);
	variable("LoaderConfigTimeoutOneShot", "menu-force");
	assert_false(choose());
	assert_int_equal(loader.timeout, 5);
	assert_false(interface.waits);
	assert_string_equal(platform_variables, "-+LoaderConfigTimeoutOneShot ");
}

static void a_menu_that_is_asked_for_once_is_shown_although_the_host_wants_none(void **state)
{
	(void)state;
	loader.settings.said[SET_TIMEOUT] = SAID_BY_SMBIOS;
	variable("LoaderConfigTimeoutOneShot", "9");
	assert_false(choose());
	assert_int_equal(loader.timeout, 9);
	assert_false(choose());
	assert_int_equal(loader.timeout, 0);
}

static void garbage_is_told_and_what_was_for_once_is_gone(void **state)
{
	static const char *const names[] = {"LoaderEntryOneShot", "LoaderConfigTimeoutOneShot",
					    "LoaderEntryDefault", "LoaderConfigTimeout"};
	static char long_one[1000];

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(
			platform_set(VENDOR_LOADER, names[i], KEEP_TILL_RESET, "odd", 3, &report),
			OK);
	}
	assert_false(choose());
	assert_int_equal(loader.default_entry, 0);
	assert_string_equal(platform_variables,
			    "-+LoaderConfigTimeoutOneShot -+LoaderEntryOneShot ");
	assert_int_equal(platform_set(VENDOR_LOADER, names[2], KEEP_TILL_RESET, long_one,
				      sizeof(long_one), &report),
			 OK);
	report.n = 0;
	assert_false(choose());
	assert_said("LoaderConfigTimeout '...', which the guest set, is not honoured: "
		    "it is no text, or too long\n"
		    "LoaderEntryDefault '...', which the guest set, is not honoured: "
		    "it is no text, or too long\n");
}

static void what_the_firmware_does_not_delete_costs_nothing_else(void **state)
{
	(void)state;
	variable("LoaderEntryOneShot", "auto-c");
	platform_memory = E_IO;
	assert_true(choose());
	assert_int_equal(loader.default_entry, 2);
	assert_said("");
}

static void a_confidential_guest_is_not_asked(void **state)
{
	(void)state;
	variable("LoaderEntryOneShot", "auto-c");
	platform_confidential = true;
	assert_false(choose());
	assert_int_equal(platform_gets, 0);
	assert_string_equal(platform_variables, "");
	assert_string_equal(items[1].told_id.p, "auto-b");
}

static void an_empty_menu_asks_for_nothing(void **state)
{
	(void)state;
	loader.entries_count = 0;
	assert_false(choose());
	assert_int_equal(platform_gets, 0);
}

static void the_log_names_the_variable(void **state)
{
	(void)state;
	variable("LoaderEntryOneShot", "auto-c");
	variable("LoaderConfigTimeout", "4");
	logged_start();
	log_open(LOG_DEBUGCON);
	assert_true(choose());
	assert_non_null(strstr(logged, " variable=LoaderConfigTimeout timeout=4\n"));
	assert_non_null(
		strstr(logged, " variable=LoaderEntryOneShot entry=\"title\" disk=\"disk\""));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_ordinary_boot_reads_four_variables_and_writes_none),
		TEST(a_one_shot_is_honoured_once_and_gone),
		TEST(the_default_is_a_glob_and_stays),
		TEST(a_one_shot_goes_before_the_default),
		TEST(the_hosts_default_goes_before_both),
		TEST(what_cannot_boot_is_told_and_not_chosen),
		TEST(a_disk_that_the_host_does_not_name_is_told_and_not_chosen),
		TEST(the_first_of_a_globs_entries_that_boots_is_chosen),
		TEST(an_id_that_no_entry_has_is_told),
		TEST(the_last_one_booted_is_the_default_while_it_is_saved),
		TEST(the_last_one_booted_is_forgotten_with_another_default),
		TEST(timeouts_are_seconds_or_words),
		TEST(a_menu_that_is_asked_for_once_is_shown_once),
		TEST(the_hosts_timeout_goes_before_the_guests),
		TEST(a_menu_that_is_asked_for_once_is_shown_although_the_host_wants_none),
		TEST(garbage_is_told_and_what_was_for_once_is_gone),
		TEST(what_the_firmware_does_not_delete_costs_nothing_else),
		TEST(a_confidential_guest_is_not_asked),
		TEST(an_empty_menu_asks_for_nothing),
		TEST(the_log_names_the_variable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
