/* loader/interface/publish.c: what the guest is told by variables. */
#include "base/bytes.h"
#include "fs/volume.h"
#include "loader/interface/interface.h"
#include "loader/interface/publish.h"
#include "loader/interface/wishes.h"
#include "test/unit/console.h"
#include "test/unit/variables.h"

static struct report report;
static struct volume volume = {.name = S("disk")};
static struct entry stock[3];
static struct item items[3];
static struct loader loader;
static struct interface interface;

static int setup(void **state)
{
	static const char *const ids[] = {"a", "b.conf", "c>d"};

	(void)state;
	report = (struct report){0};
	for (unsigned i = 0; i < 3; i++) {
		stock[i] = (struct entry){.id = str_of(ids[i]), .menu = &volume};
		items[i] = (struct item){.entry = &stock[i]};
	}
	stock[1].id_is_file = true;
	loader = (struct loader){
		.report = &report, .entries = items, .entries_count = 3, .bootable = true};
	interface = (struct interface){0};
	platform_memory = OK;
	platform_forgets = platform_confidential = false;
	platform_forget_all();
	console_script(80, 24, NULL, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return platform_free(&loader);
}

static void start(unsigned place, uint64_t menu)
{
	(void)wishes_choose(&loader, &interface);
	loader.usual_entry = loader.default_entry;
	platform_variables[0] = '\0';
	publish(&loader, &interface, &items[place], menu);
}

static uint64_t features(void)
{
	le64 n;
	size_t bytes;

	assert_int_equal(platform_get(VENDOR_LOADER, "LoaderFeatures", &n, sizeof(n), &bytes), OK);
	assert_int_equal(bytes, 8);
	return get_le64(n);
}

static void the_guest_is_told_who_started_it_and_what_there_is(void **state)
{
	(void)state;
	start(1, 0);
	assert_string_equal(value_of("LoaderInfo"), "Partless " VERSION "|");
	assert_string_equal(value_of("LoaderFirmwareInfo"), "Unit 1.02|");
	assert_string_equal(value_of("LoaderFirmwareType"), "UEFI 2.70|");
	assert_string_equal(value_of("LoaderImageIdentifier"), "\\boot.efi|");
	assert_string_equal(value_of("LoaderEntries"), "auto-a|b.conf|auto-c-d-415d634f|");
	assert_string_equal(value_of("LoaderEntrySelected"), "b.conf|");
	assert_int_equal(features(), 0x31f);
	assert_int_equal(report.n, 0);
	/* Each is told once, and lasts for this boot. */
	assert_string_equal(platform_variables,
			    "LoaderInfo LoaderFirmwareInfo LoaderFirmwareType "
			    "LoaderImageIdentifier LoaderFeatures LoaderEntries "
			    "LoaderTimeInitUSec LoaderEntrySelected ");
}

static void only_entries_that_boot_by_themselves_are_offered(void **state)
{
	static struct disk unnamed;

	(void)state;
	loader.settings.said[SET_DISK] = SAID_BY_SMBIOS;
	stock[1].problem = S("gone");
	items[2].disk = &unnamed;
	start(0, 0);
	assert_string_equal(value_of("LoaderEntries"), "auto-a|");
}

static void times_are_microseconds_since_the_reset(void **state)
{
	(void)state;
	console_pass(10);
	loader.begun = clock_ticks();
	console_pass(5);
	start(0, clock_ticks());
	console_pass(7);
	publish_start(&report);
	assert_string_equal(value_of("LoaderTimeInitUSec"), "10000|");
	assert_string_equal(value_of("LoaderTimeMenuUSec"), "15000|");
	assert_string_equal(value_of("LoaderTimeExecUSec"), "22000|");
}

static void a_menu_that_was_not_shown_has_no_time(void **state)
{
	(void)state;
	start(0, 0);
	assert_string_equal(value_of("LoaderTimeMenuUSec"), "(none)");
}

static void after_a_failure_only_what_changed_is_told(void **state)
{
	(void)state;
	start(1, 0);
	platform_variables[0] = '\0';
	publish(&loader, &interface, &items[0], 0);
	assert_string_equal(platform_variables, "LoaderEntrySelected ");
	assert_string_equal(value_of("LoaderEntrySelected"), "auto-a|");
}

static void features_are_those_that_the_host_leaves_to_the_guest(void **state)
{
	(void)state;
	loader.settings.said[SET_TIMEOUT] = SAID_BY_SMBIOS;
	start(0, 0);
	assert_int_equal(features(), 0x31e);
	interface.told = false;
	loader.settings.said[SET_DEFAULT] = SAID_BY_SMBIOS;
	start(0, 0);
	assert_int_equal(features(), 0x112);
}

static void nothing_may_be_asked_of_a_firmware_that_forgets(void **state)
{
	(void)state;
	platform_forgets = true;
	start(0, 0);
	assert_int_equal(features(), 0x100);
}

static void a_confidential_guest_may_ask_for_nothing(void **state)
{
	(void)state;
	platform_confidential = true;
	start(0, 0);
	assert_int_equal(features(), 0x100);
}

static void what_boots_is_saved_when_it_changes(void **state)
{
	(void)state;
	variable("LoaderEntryDefault", "@saved");
	start(1, 0);
	assert_non_null(strstr(platform_variables, "+LoaderEntryLastBooted "));
	assert_string_equal(value_of("LoaderEntryLastBooted"), "b.conf|");
	platform_variables[0] = '\0';
	publish(&loader, &interface, &items[1], 0);
	assert_string_equal(platform_variables, "LoaderEntrySelected ");
	interface = (struct interface){0};
	start(1, 0);
	assert_int_equal(loader.default_entry, 1);
	assert_null(strstr(platform_variables, "LoaderEntryLastBooted"));
}

static void what_boots_once_is_not_saved(void **state)
{
	(void)state;
	variable("LoaderEntryDefault", "@saved");
	variable("LoaderEntryOneShot", "b.conf");
	assert_true(wishes_choose(&loader, &interface));
	publish(&loader, &interface, &items[1], 0);
	assert_string_equal(value_of("LoaderEntryLastBooted"), "(none)");
	/* The menu's own one-shot. */
	interface = (struct interface){0};
	assert_false(wishes_choose(&loader, &interface));
	loader.default_entry = 2;
	publish(&loader, &interface, &items[2], 0);
	assert_string_equal(value_of("LoaderEntryLastBooted"), "(none)");
}

static void a_firmware_that_takes_nothing_is_asked_once_and_told_once(void **state)
{
	(void)state;
	platform_memory = E_IO;
	start(0, 1);
	publish(&loader, &interface, &items[0], 1);
	publish_start(&report);
	report.text[report.n] = '\0';
	assert_string_equal(report.text,
			    "the firmware does not take all variables of the Boot Loader "
			    "Interface:\n"
			    "  nothing is remembered here\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_guest_is_told_who_started_it_and_what_there_is),
		TEST(only_entries_that_boot_by_themselves_are_offered),
		TEST(times_are_microseconds_since_the_reset),
		TEST(a_menu_that_was_not_shown_has_no_time),
		TEST(after_a_failure_only_what_changed_is_told),
		TEST(features_are_those_that_the_host_leaves_to_the_guest),
		TEST(nothing_may_be_asked_of_a_firmware_that_forgets),
		TEST(a_confidential_guest_may_ask_for_nothing),
		TEST(what_boots_is_saved_when_it_changes),
		TEST(what_boots_once_is_not_saved),
		TEST(a_firmware_that_takes_nothing_is_asked_once_and_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
