/* loader/run.c: what is started, in which order, and how it ends. */
#include "config/kept.h"
#include "fs/volume.h"
#include "loader/loader.h"
#include "loader/log.h"
#include "test/unit/console.h"
#include "test/unit/fake_volume.h"
#include "test/unit/logged.h"
#include "test/unit/pe_image.h"
#include "test/unit/platform.h"
#include "test/unit/test.h"
#include "test/unit/variables.h"

static const struct fake_file files[] = {
	{.path = "/k", .type = FILE_REGULAR, .data = pe_image, .size = PE_IMAGE_SIZE},
	{.path = "/text", .type = FILE_REGULAR, .data = "no program", .size = 10},
};

static struct report report;
static struct entry stock[4];
static struct item items[4];
static struct loader loader;

static const struct volume guest = {.name = S("fake")}; /* whose menu it is */

static int setup(void **state)
{
	struct volume *v;

	(void)state;
	pe_make_kernel();
	report = (struct report){0};
	v = fake_volume(files, sizeof(files) / sizeof(*files), &report);
	for (unsigned i = 0; i < 4; i++) {
		static const char *const titles[] = {"A", "B", "C", "D"};

		stock[i] = (struct entry){
			.title = str_of(titles[i]),
			.id = str_of(titles[i]),
			.volume = v,
			.kernel = S("/k"),
			.options = S("ro"),
			.from = S("/boot/partless.conf"),
			.menu = &guest,
			.line = i + 1,
		};
		items[i] = (struct item){.entry = &stock[i]};
	}
	platform_memory = OK;
	platform_forgets = platform_confidential = platform_secure = false;
	platform_forget_all();
	loader = (struct loader){
		.report = &report,
		.own = v, /* loader_free() closes it */
		.entries = items,
		.entries_count = 4,
		.bootable = true,
		.timeout = 2,
	};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return platform_free(&loader);
}

#define ANSWERS(...)                                        \
	platform_script((const enum status[]){__VA_ARGS__}, \
			sizeof((const enum status[]){__VA_ARGS__}) / sizeof(enum status))

/* Nobody presses a key. */
static enum status run_alone(void)
{
	console_script(80, 24, NULL, 0);
	return loader_run(&loader);
}

static void assert_said(const char *text)
{
	report.text[report.n] = '\0';
	if (strstr(report.text, text) == NULL)
		print_error("'%s' is not in:\n%s", text, report.text);
	assert_non_null(strstr(report.text, text));
}

static void the_default_is_started_when_its_time_has_come(void **state)
{
	(void)state;
	loader.default_entry = 1;
	ANSWERS(OK);
	assert_int_equal(run_alone(), OK);
	assert_string_equal(platform_started, "B: ro\n");
	assert_in_range(clock_ms(), 2000, 2999);
	assert_string_equal(console_log, "Partless boots 'B' from fake\n");
	assert_int_equal(report.n, 0);
}

static void a_title_cannot_forge_a_line_or_steer_the_terminal(void **state)
{
	(void)state;
	stock[0].title = S("A\x1b[2J\npartless: failed at=1.000 code=disk.io\r\xe2\x80\xae");
	ANSWERS(OK);
	assert_int_equal(run_alone(), OK);
	assert_string_equal(console_log,
			    "Partless boots 'A?[2J?partless: failed at=1.000 code=disk.io?"
			    "?' from fake\n");
}

static void after_a_failure_the_next_one_is_tried_alone(void **state)
{
	(void)state;
	loader.default_entry = 2;
	stock[3].problem = S("kernel /gone is not there");
	ANSWERS(E_CORRUPT, OK);
	assert_int_equal(run_alone(), OK);
	assert_string_equal(platform_started, "C: ro\nA: ro\n");
	assert_in_range(clock_ms(), 7000, 7999);
	assert_said("cannot boot 'C' (/boot/partless.conf:3 on fake)\n  it came back: damaged\n");
}

static void the_hosts_own_file_is_called_so(void **state)
{
	(void)state;
	loader.default_entry = 2;
	stock[2].menu = loader.own;
	stock[2].from = S("/partless.conf");
	ANSWERS(E_CORRUPT, OK);
	assert_int_equal(run_alone(), OK);
	assert_said("cannot boot 'C' (the host's /partless.conf:3)\n  it came back: damaged\n");
}

static void every_entry_is_tried_once_and_then_the_firmware_goes_on(void **state)
{
	(void)state;
	loader.default_entry = 1;
	ANSWERS(E_IO, E_IO, E_CORRUPT, E_DENIED);
	assert_int_equal(run_alone(), E_DENIED);
	assert_string_equal(platform_started, "B: ro\nC: ro\nD: ro\nA: ro\n");
	assert_in_range(clock_ms(), 2000 + 3 * 5000 + 30000, 2000 + 3 * 5000 + 30999);
	assert_non_null(strstr(console_log, "Partless returns to the firmware.\n"));
	assert_non_null(strstr(console_log, "cannot boot 'A'"));
	assert_int_equal(platform_waits, 5); /* no watchdog ends a menu that is shown */
}

static void what_is_no_program_is_told_before_it_is_started(void **state)
{
	(void)state;
	stock[0].kernel = S("/text");
	ANSWERS(OK);
	assert_int_equal(run_alone(), OK);
	assert_string_equal(platform_started, "B: ro\n");
	assert_said("cannot boot 'A' (/boot/partless.conf:1 on fake)\n  kernel /text");
}

static void a_failure_names_the_disk_of_the_menu(void **state)
{
	static const struct volume other = {.name = S("other")};

	(void)state;
	loader.entries_count = 1;
	stock[0].menu = &other;
	ANSWERS(E_IO);
	assert_int_equal(run_alone(), E_IO);
	assert_said("cannot boot 'A' (/boot/partless.conf:1 on other)\n");
}

static void nothing_bootable_is_told_with_what_the_disks_hold(void **state)
{
	(void)state;
	loader.bootable = false;
	loader.remarks = S("virtio disk 1: nothing but zeros\n");
	for (unsigned i = 0; i < 4; i++)
		stock[i].problem = S("kernel /gone is not there");
	ANSWERS(OK);
	assert_int_equal(run_alone(), E_NOT_FOUND);
	assert_string_equal(platform_started, "");
	assert_in_range(clock_ms(), 30000, 30999);
	assert_non_null(strstr(console_log, "virtio disk 1: nothing but zeros\n"));
}

/* The newest lines are the last, for of a long message the screen shows the end. */
static void why_nothing_boots_stands_behind_the_report_and_before_what_a_person_tried(void **state)
{
	static const struct console_event events[] = {
		{.at = 100, .key = 'x'},
		{.at = 200, .key = KEY_ENTER},
		{.at = 300, .key = 'q'},
	};
	const char *before, *why, *after;

	(void)state;
	loader.bootable = false;
	loader.remarks = S("remark\n");
	for (unsigned i = 0; i < 4; i++)
		stock[i].problem = S("kernel /gone is not there");
	stock[0].kernel = S("/text");
	note(&report, "told while discovering");
	ANSWERS(OK);
	console_script(80, 24, events, 3);
	assert_int_equal(loader_run(&loader), E_WRONG_TYPE);
	before = strstr(console_log, "told while discovering\n");
	assert_non_null(before);
	why = strstr(before, "remark\n");
	assert_non_null(why);
	after = strstr(why, "cannot boot 'A'");
	assert_non_null(after);
	assert_non_null(strstr(after, "\n  put a whole file in its place, or correct the entry\n"));
}

static void why_nothing_boots_keeps_its_place_in_a_long_report(void **state)
{
	static const struct console_event events[] = {
		{.at = 100, .key = 'x'},
		{.at = 200, .key = KEY_ENTER},
		{.at = 300, .key = 'q'},
	};
	const char *why;

	(void)state;
	loader.bootable = false;
	loader.remarks = S("remark\n");
	stock[0].kernel = S("/text");
	while (report.n < REPORT_SIZE - 100)
		note(&report, "told while discovering");
	ANSWERS(OK);
	console_script(80, 24, events, 3);
	assert_int_equal(loader_run(&loader), E_WRONG_TYPE);
	why = strstr(console_log, "told while discovering\nremark\n");
	assert_non_null(why);
	assert_non_null(strstr(why, "cannot boot 'A'"));
}

static void nothing_of_it_is_told_when_a_guest_boots(void **state)
{
	(void)state;
	loader.remarks = S("remark\n");
	ANSWERS(E_IO, E_IO, E_IO, E_IO);
	assert_int_equal(run_alone(), E_IO);
	assert_null(strstr(console_log, "remark"));
	assert_int_equal(loader.why.n, 0);
}

static void an_empty_menu_ends_too(void **state)
{
	(void)state;
	loader.bootable = false;
	loader.entries_count = 0;
	ANSWERS(OK);
	assert_int_equal(run_alone(), E_NOT_FOUND);
	assert_in_range(clock_ms(), 30000, 30999);
}

static void a_person_who_pressed_a_key_decides_for_the_rest(void **state)
{
	/* Boots B by hand; it fails; nothing happens by itself for an hour; then D. */
	static const struct console_event events[] = {
		{.at = 100, .key = KEY_DOWN},
		{.at = 200, .key = KEY_ENTER},
		{.at = 3600000, .key = KEY_END},
		{.at = 3600100, .key = KEY_ENTER},
	};

	(void)state;
	ANSWERS(E_IO, OK);
	console_script(80, 24, events, 4);
	assert_int_equal(loader_run(&loader), OK);
	assert_string_equal(platform_started, "B: ro\nD: ro\n");
	assert_true(platform_waits > 0);
}

static void edited_options_last_for_one_boot(void **state)
{
	static const struct console_event events[] = {
		{.at = 100, .key = 'e'},        {.at = 200, .key = '!'},
		{.at = 300, .key = KEY_ENTER},  {.at = 9000, .key = KEY_UP},
		{.at = 9100, .key = KEY_ENTER},
	};

	(void)state;
	ANSWERS(E_IO, OK);
	console_script(80, 24, events, 5);
	assert_int_equal(loader_run(&loader), OK);
	assert_string_equal(platform_started, "A: ro!\nA: ro\n");
}

static void leaving_at_the_first_menu_is_no_error(void **state)
{
	static const struct console_event events[] = {{.at = 100, .key = 'q'}};

	(void)state;
	ANSWERS(OK);
	console_script(80, 24, events, 1);
	assert_int_equal(loader_run(&loader), OK);
	assert_string_equal(platform_started, "");
}

static void a_failure_may_wait_for_a_person(void **state)
{
	static const struct console_event events[] = {
		{.at = 3600000, .key = KEY_DOWN},
		{.at = 3600100, .key = KEY_ENTER},
	};

	(void)state;
	loader.settings.on_failure = ON_FAILURE_WAIT;
	ANSWERS(E_IO, OK);
	console_script(80, 24, events, 2);
	assert_int_equal(loader_run(&loader), OK);
	assert_string_equal(platform_started, "A: ro\nB: ro\n");
}

static void a_failure_may_end_the_machines_run(void **state)
{
	static const struct {
		enum on_failure on_failure;
		const char *resets, *word;
	} cases[] = {
		{ON_FAILURE_RESET, "r", "Partless restarts the machine.\n"},
		{ON_FAILURE_POWEROFF, "o", "Partless switches the machine off.\n"},
		{ON_FAILURE_FIRMWARE, "", "Partless returns to the firmware.\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		report.n = 0;
		loader.settings.on_failure = cases[i].on_failure;
		ANSWERS(E_IO);
		assert_int_equal(run_alone(), E_IO);
		assert_string_equal(platform_started, "A: ro\n");
		assert_string_equal(platform_resets, cases[i].resets);
		assert_non_null(strstr(console_log, cases[i].word));
		assert_non_null(strstr(console_log, "cannot boot 'A'"));
		assert_in_range(clock_ms(), 7000, 7999);
	}
}

static void a_menu_without_a_bootable_entry_fails_too(void **state)
{
	(void)state;
	loader.bootable = false;
	loader.settings.on_failure = ON_FAILURE_POWEROFF;
	ANSWERS(OK);
	assert_int_equal(run_alone(), E_NOT_FOUND);
	assert_string_equal(platform_resets, "o");
}

static void a_person_who_leaves_gets_the_firmware_whatever_the_host_said(void **state)
{
	static const struct console_event events[] = {{.at = 100, .key = 'q'}};

	(void)state;
	loader.settings.on_failure = ON_FAILURE_RESET;
	ANSWERS(OK);
	console_script(80, 24, events, 1);
	assert_int_equal(loader_run(&loader), OK);
	assert_string_equal(platform_resets, "");
}

/* Presses 'e', types an 'x' behind the options, and boots what that gives. */
static const char *edited(void)
{
	static const struct console_event events[] = {
		{.at = 100, .key = 'e'},
		{.at = 200, .key = 'x'},
		{.at = 300, .key = KEY_ENTER},
	};

	ANSWERS(OK);
	console_script(80, 24, events, 3);
	assert_int_equal(loader_run(&loader), OK);
	return platform_started;
}

static void options_are_edited_under_secure_boot_only_if_the_host_says_so(void **state)
{
	(void)state;
	assert_string_equal(edited(), "A: rox\n");
	platform_secure = true;
	assert_string_equal(edited(), "A: ro\n");
	loader.settings.said[SET_EDITOR] = SAID_BY_SMBIOS;
	assert_string_equal(edited(), "A: rox\n");
	loader.settings.editor_off = true;
	assert_string_equal(edited(), "A: ro\n");
	platform_secure = false;
	assert_string_equal(edited(), "A: ro\n");
	loader.settings = (struct settings){.lockdown = true};
	assert_string_equal(edited(), "A: ro\n");
	loader.settings.said[SET_EDITOR] = SAID_BY_SMBIOS; /* lockdown goes before it */
	assert_string_equal(edited(), "A: ro\n");
}

static void under_lockdown_a_person_cannot_leave(void **state)
{
	static const struct console_event events[] = {
		{.at = 100, .key = 'q'},
		{.at = 200, .key = KEY_ENTER},
	};

	(void)state;
	loader.settings.lockdown = true;
	ANSWERS(OK);
	console_script(80, 24, events, 2);
	assert_int_equal(loader_run(&loader), OK);
	assert_string_equal(platform_started, "A: ro\n");
}

static void what_only_a_person_may_start_is_not_tried(void **state)
{
	static const struct disk named = {.named = true}, other;

	(void)state;
	loader.settings.said[SET_DISK] = SAID_BY_SMBIOS;
	items[0].disk = &named;
	items[1].disk = items[3].disk = &other;
	ANSWERS(E_IO);
	assert_int_equal(run_alone(), E_IO);
	assert_string_equal(platform_started, "A: ro\nC: ro\n");
}

static void a_boot_that_fails_has_the_code_of_its_step(void **state)
{
	static const struct console_event events[] = {
		{.at = 100, .key = 'x'},
		{.at = 200, .key = KEY_ENTER},
		{.at = 300, .key = 'q'},
	};
	static const struct {
		struct entry entry;
		const char *code;
	} cases[] = {
		{{.problem = S("it names nothing to boot")}, "kernel.not-found"},
		{{.kernel = S("/gone")}, "kernel.not-found"},
		{{.kernel = S("/text"), .kind = ENTRY_EFI}, "program.wrong-type"},
		{{.kernel = S("/k"), .initrd = {S("/gone")}, .initrds = 1}, "initrd.not-found"},
		{{.kernel = S("/k"), .options = S("\xff")}, "options.syntax"},
	};

	(void)state;
	loader.entries_count = 1;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char want[64];

		stock[0].kernel = cases[i].entry.kernel;
		stock[0].kind = cases[i].entry.kind;
		stock[0].problem = cases[i].entry.problem;
		stock[0].initrd[0] = cases[i].entry.initrd[0];
		stock[0].initrds = cases[i].entry.initrds;
		stock[0].options = cases[i].entry.options;
		ANSWERS(OK);
		console_script(80, 24, events, 3);
		logged_start();
		log_open(LOG_DEBUGCON);
		(void)!loader_run(&loader);
		snprintf(want, sizeof(want), "loader wait boot %s wait %s", cases[i].code,
			 cases[i].code);
		assert_string_equal(logged_words(), want);
	}
}

static void the_guests_one_shot_goes_before_its_menus_and_leaves_that_alone(void **state)
{
	static const struct kept usual = {.name = "GrubEnv-1", .text = S("usual")};
	static const struct kept done = {.name = "GrubEnv-1", .text = S("done")};
	const struct config config = {.once = &stock[3], .kept = &usual, .kept_once = &done};
	char kept[8];
	size_t n;

	(void)state;
	variable("LoaderEntryOneShot", "auto-c");
	loader.guest = &config;
	ANSWERS(E_IO, OK);
	assert_int_equal(run_alone(), OK);
	assert_string_equal(platform_started, "C: ro\nA: ro\n"); /* and then the usual default */
	assert_int_equal(platform_get(VENDOR_PARTLESS, "GrubEnv-1", kept, sizeof(kept), &n), OK);
	assert_true(str_eq((struct str){kept, n}, usual.text));
	assert_string_equal(value_of("LoaderEntrySelected"), "auto-a|");
}

static void a_menu_that_waits_for_a_person_waits(void **state)
{
	(void)state;
	variable("LoaderConfigTimeoutOneShot", "0");
	ANSWERS(OK);
	console_script(80, 24,
		       (const struct console_event[]){{.at = 100000000, .key = KEY_DOWN},
						      {.at = 100000001, .key = KEY_ENTER}},
		       2);
	assert_int_equal(loader_run(&loader), OK);
	assert_string_equal(platform_started, "B: ro\n");
	assert_string_equal(value_of("LoaderTimeMenuUSec"), "(none)"); /* at 0, for this clock */
}

static void the_moment_of_the_menu_is_told_if_it_is_shown(void **state)
{
	(void)state;
	ANSWERS(OK);
	console_script(80, 24, NULL, 0);
	console_pass(7);
	assert_int_equal(loader_run(&loader), OK);
	assert_string_equal(value_of("LoaderTimeMenuUSec"), "7000|");
	platform_forget_all();
	loader.timeout = 0;
	assert_int_equal(loader_run(&loader), OK);
	assert_string_equal(value_of("LoaderTimeMenuUSec"), "(none)");
}

static void where_nothing_boots_the_guest_makes_nobody_wait(void **state)
{
	(void)state;
	variable("LoaderConfigTimeout", "menu-force");
	loader.bootable = false;
	for (unsigned i = 0; i < 4; i++)
		stock[i].problem = S("kernel /gone is not there");
	ANSWERS(OK);
	assert_int_equal(run_alone(), E_NOT_FOUND);
}

static void what_cannot_be_measured_is_not_started(void **state)
{
	(void)state;
	ANSWERS(OK);
	platform_measuring = 1;
	platform_measure_answer = E_IO;
	loader.settings.on_failure = ON_FAILURE_FIRMWARE;
	assert_int_equal(run_alone(), E_IO);
	assert_string_equal(platform_started, "");
	assert_said("nothing is measured here");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_default_is_started_when_its_time_has_come,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_title_cannot_forge_a_line_or_steer_the_terminal,
						setup, teardown),
		cmocka_unit_test_setup_teardown(after_a_failure_the_next_one_is_tried_alone, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_hosts_own_file_is_called_so, setup, teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_measured_is_not_started, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			every_entry_is_tried_once_and_then_the_firmware_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_program_is_told_before_it_is_started,
						setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_bootable_is_told_with_what_the_disks_hold,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			why_nothing_boots_stands_behind_the_report_and_before_what_a_person_tried,
			setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_of_it_is_told_when_a_guest_boots, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_failure_names_the_disk_of_the_menu, setup,
						teardown),
		cmocka_unit_test_setup_teardown(why_nothing_boots_keeps_its_place_in_a_long_report,
						setup, teardown),
		cmocka_unit_test_setup_teardown(an_empty_menu_ends_too, setup, teardown),
		cmocka_unit_test_setup_teardown(a_person_who_pressed_a_key_decides_for_the_rest,
						setup, teardown),
		cmocka_unit_test_setup_teardown(edited_options_last_for_one_boot, setup, teardown),
		cmocka_unit_test_setup_teardown(leaving_at_the_first_menu_is_no_error, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_failure_may_wait_for_a_person, setup, teardown),
		cmocka_unit_test_setup_teardown(a_failure_may_end_the_machines_run, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_menu_without_a_bootable_entry_fails_too, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			a_person_who_leaves_gets_the_firmware_whatever_the_host_said, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			options_are_edited_under_secure_boot_only_if_the_host_says_so, setup,
			teardown),
		cmocka_unit_test_setup_teardown(under_lockdown_a_person_cannot_leave, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_only_a_person_may_start_is_not_tried, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			the_guests_one_shot_goes_before_its_menus_and_leaves_that_alone, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_menu_that_waits_for_a_person_waits, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_moment_of_the_menu_is_told_if_it_is_shown,
						setup, teardown),
		cmocka_unit_test_setup_teardown(where_nothing_boots_the_guest_makes_nobody_wait,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_boot_that_fails_has_the_code_of_its_step, setup,
						teardown),
	};

	return cmocka_run_group_tests_name("loader", tests, NULL, NULL);
}
