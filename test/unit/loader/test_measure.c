/* loader/measure.c: what is measured, where to, how often, and what a failure costs. */
#include "loader/measure.h"

#include "config/image/stub.h"
#include "loader/loader.h"
#include "loader/platform.h"
#include "test/unit/loader/plan_fixture.h"
#include "test/unit/platform.h"

static struct loader loader;
static struct disk disk;
static struct boot_text texts[2];
static struct entry entry;
static struct item item;

static int begin(void **state)
{
	setup(state);
	texts[0] = (struct boot_text){&texts[1], volume, S("/a"), S("one"), false};
	texts[1] = (struct boot_text){NULL, volume, S("/b"), S("two"), false};
	disk = (struct disk){.volume = volume, .config = {.texts = texts}};
	entry = kernel_entry("/k", "/five");
	entry.id = S("guest");
	entry.initrd[entry.initrds++] = S("/four");
	item = (struct item){.entry = &entry, .disk = &disk};
	loader = (struct loader){.report = &report};
	platform_script(NULL, 0);
	platform_measuring = MEASURES_TPM;
	return 0;
}

static int end(void **state)
{
	arena_free(&loader.arena);
	return teardown(state);
}

static void assert_measured(const char *want)
{
	assert_string_equal(platform_measured, want);
	platform_measured[0] = '\0';
}

static void settings_files_and_the_entry_are_measured_in_this_order(void **state)
{
	enum setting_id id;

	(void)state;
	assert_true(setting_find(S("timeout"), &id));
	assert_null(setting_take(&loader.settings, SAID_BY_SMBIOS, id, S("07")));
	assert_true(setting_find(S("editor"), &id));
	assert_null(setting_take(&loader.settings, SAID_IN_FILE, id, S("off")));
	assert_int_equal(measure_choice(&loader, &item), OK);
	assert_measured("settings 5 70a21e01>1: editor=no\ntimeout=7\n\n"
			"file 5 70a21e02>1: one\n"
			"file 5 70a21e02>1: two\n"
			"entry 5 70a21e03>1: guest\n");
}

static void what_was_measured_is_not_measured_again(void **state)
{
	struct entry other = {.id = S("other")};
	const struct item second = {.entry = &other, .disk = &disk};

	(void)state;
	assert_int_equal(measure_choice(&loader, &item), OK);
	platform_measured[0] = '\0';
	assert_int_equal(measure_choice(&loader, &second), OK);
	assert_measured("entry 5 70a21e03>1: other\n");
}

static void an_entry_of_the_host_s_own_has_the_host_s_files(void **state)
{
	const struct item own = {.entry = &entry};

	(void)state;
	loader.own_config.texts = &texts[1];
	assert_int_equal(measure_choice(&loader, &own), OK);
	assert_measured("settings 5 70a21e01>1: \n"
			"file 5 70a21e02>1: two\n"
			"entry 5 70a21e03>1: guest\n");
}

/* Measures the start of a kernel with such a stub. */
static enum status start(const struct stub stub)
{
	assert_int_equal(plan_boot(&entry, S("ro"), &report, &plan), OK);
	return measure_start(&plan, S("r\0o\0\0"), &stub, &report);
}

static void options_are_measured_as_the_program_gets_them(void **state)
{
	(void)state;
	assert_int_equal(start((struct stub){.options = true, .initrd = true}), OK);
	assert_memory_equal(platform_measured, "options 12 0>1: r", 17);
	assert_null(plan.held);
}

/* Into what the initrd is measured on a machine that measures into INTO; 0: not at all. */
static unsigned initrd_into(unsigned into, const struct stub stub)
{
	const char *line;

	platform_measuring = into;
	platform_measured[0] = '\0';
	assert_int_equal(start(stub), OK);
	line = strstr(platform_measured, "initrd 9 8f3b22ec>");
	measure_free(&plan);
	return line != NULL ? (unsigned)(line[18] - '0') : 0;
}

static void an_initrd_is_measured_where_its_kernel_does_not(void **state)
{
	const struct stub old = {0}, new = {.initrd = true}, newest = {.initrd = true, .cc = true};

	(void)state;
	assert_int_equal(initrd_into(MEASURES_TPM, old), MEASURES_TPM);
	assert_int_equal(initrd_into(MEASURES_TPM, new), 0);
	assert_int_equal(initrd_into(MEASURES_TPM, newest), 0);
	assert_int_equal(initrd_into(MEASURES_CC, old), MEASURES_CC);
	assert_int_equal(initrd_into(MEASURES_CC, new), MEASURES_CC);
	assert_int_equal(initrd_into(MEASURES_CC, newest), 0);
	assert_int_equal(initrd_into(MEASURES_TPM | MEASURES_CC, old), MEASURES_TPM | MEASURES_CC);
	assert_int_equal(initrd_into(MEASURES_TPM | MEASURES_CC, new), MEASURES_CC);
	assert_int_equal(initrd_into(MEASURES_TPM | MEASURES_CC, newest), MEASURES_CC);
}

static void the_initrd_that_was_measured_is_the_one_that_is_handed_over(void **state)
{
	char to[8];

	(void)state;
	assert_int_equal(start((struct stub){0}), OK);
	assert_int_equal(plan.initrd_total, 12);
	files[1].data = "other";
	assert_int_equal(plan_read_initrd(&plan, 2, to, 8), OK);
	files[1].data = "12345";
	assert_memory_equal(to, "345\0\0\0ab", 8);
	measure_free(&plan);
	assert_null(plan.held);
}

static void a_failure_is_the_entry_s(void **state)
{
	(void)state;
	platform_measure_answer = E_IO;
	assert_int_equal(measure_choice(&loader, &item), E_IO);
	assert_int_equal(start((struct stub){0}), E_IO);
	platform_measure_answer = OK;
	assert_int_equal(measure_choice(&loader, &item), OK);
	assert_non_null(strstr(platform_measured, "settings"));
	assert_int_equal(plan_boot(&entry, S(""), &report, &plan), OK);
	files[1].fails = E_IO;
	assert_int_equal(measure_start(&plan, S("\0"), &(struct stub){0}, &report), E_IO);
	files[1].fails = OK;
	measure_free(&plan);
}

static void where_nothing_measures_nothing_is_done(void **state)
{
	(void)state;
	platform_measuring = 0;
	assert_int_equal(measure_choice(&loader, &item), OK);
	assert_int_equal(start((struct stub){0}), OK);
	assert_null(plan.held);
	assert_measured("");
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(settings_files_and_the_entry_are_measured_in_this_order),
		TEST(what_was_measured_is_not_measured_again),
		TEST(an_entry_of_the_host_s_own_has_the_host_s_files),
		TEST(options_are_measured_as_the_program_gets_them),
		TEST(an_initrd_is_measured_where_its_kernel_does_not),
		TEST(the_initrd_that_was_measured_is_the_one_that_is_handed_over),
		TEST(a_failure_is_the_entry_s),
		TEST(where_nothing_measures_nothing_is_done),
	};

	return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
