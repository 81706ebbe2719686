/* loader/settings/fw_cfg.h: the files of QEMU's fw_cfg, well formed and not. */
#include "loader/settings/fw_cfg.h"

#include <stdlib.h>

#include "test/unit/test.h"

#define SIGNATURE 0
#define DIRECTORY 0x19
#define FIRST     0x20 /* the key of the first file */

/* The device: what each key holds, and where the chosen one is read. */
static struct {
	const char *bytes;
	size_t n;
} items[FIRST + 8];
static size_t chosen, at;

static char directory[4 + 8 * 64];
static unsigned files;
static struct report report;
static struct loader loader;

void fw_cfg_choose(uint16_t key)
{
	chosen = key;
	at = 0;
}

void fw_cfg_read(void *to, size_t n)
{
	char *p = to;

	for (size_t i = 0; i < n; i++, at++) {
		bool there = chosen < sizeof(items) / sizeof(*items) && at < items[chosen].n;

		p[i] = there ? items[chosen].bytes[at] : '\0';
	}
}

static void put_big(char *to, unsigned bytes, uint32_t v)
{
	while (bytes-- > 0) {
		to[bytes] = (char)v;
		v >>= 8;
	}
}

/* Says that there are N files. */
static void count(uint32_t n)
{
	put_big(directory, 4, n);
}

static void add_file(const char *name, const char *bytes, size_t n)
{
	char *entry = directory + 4 + files * 64;
	unsigned key = FIRST + files++;

	put_big(entry, 4, (uint32_t)n);
	put_big(entry + 4, 2, key);
	memcpy(entry + 8, name, strlen(name));
	items[key].bytes = bytes;
	items[key].n = n;
	count(files);
}

static int setup(void **state)
{
	(void)state;
	report = (struct report){0};
	loader = (struct loader){.report = &report};
	memset(items, 0, sizeof(items));
	memset(directory, 0, sizeof(directory));
	items[SIGNATURE].bytes = "QEMU";
	items[SIGNATURE].n = 4;
	items[DIRECTORY].bytes = directory;
	items[DIRECTORY].n = sizeof(directory);
	files = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&loader.arena);
	return 0;
}

static void assert_report(const char *want)
{
	report.text[report.n] = '\0';
	assert_string_equal(report.text, want);
}

static void files_are_settings_and_the_boot_order(void **state)
{
	(void)state;
	add_file("etc/e820", "\1\2\3", 3);
	add_file("opt/org.partless/timeout", "7\r\n\n", 4);
	add_file("opt/org.partless/disk", "root", 4);
	add_file("bootorder", "/pci@i0cf8/scsi@3/disk@0,0\n\0", 28);
	fw_cfg_read_settings(&loader);
	assert_int_equal(loader.settings.timeout, 7);
	assert_int_equal(loader.settings.said[SET_TIMEOUT], SAID_BY_FW_CFG);
	assert_true(str_eq(loader.settings.disk, S("root")));
	assert_true(str_starts(loader.boot_order, S("/pci@i0cf8/scsi@3/disk@0,0\n")));
	assert_report("");
}

static void another_device_is_left_alone(void **state)
{
	(void)state;
	items[SIGNATURE].bytes = "QEMX";
	add_file("opt/org.partless/timeout", "7", 1);
	fw_cfg_read_settings(&loader);
	assert_int_equal(loader.settings.said[SET_TIMEOUT], SAID_NOWHERE);
	assert_report("");
}

static void a_name_that_fills_its_field_has_no_end(void **state)
{
	(void)state;
	add_file("opt/org.partless/a-name-of-fifty-six-bytes-and-not-more!", "7", 1);
	fw_cfg_read_settings(&loader);
	assert_report("fw_cfg: unknown setting 'a-name-of-fifty-six-bytes-and-not-more!': "
		      "partless-settings(5) lists them\n");
}

static void a_value_is_read_up_to_a_bound(void **state)
{
	static char much[9000];

	(void)state;
	memset(much, 'x', sizeof(much));
	add_file("opt/org.partless/options-append", much, sizeof(much));
	put_big(directory + 4, 4, UINT32_MAX);
	fw_cfg_read_settings(&loader);
	assert_int_equal(loader.settings.said[SET_OPTIONS_APPEND], SAID_NOWHERE);
	assert_non_null(strstr(report.text, "takes one line of UTF-8 text, at most 4096 bytes"));
}

static void files_are_read_up_to_a_bound(void **state)
{
	(void)state;
	add_file("opt/org.partless/timeout", "7", 1);
	count(UINT32_MAX);
	fw_cfg_read_settings(&loader);
	assert_int_equal(loader.settings.timeout, 7);
	assert_report("");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_are_settings_and_the_boot_order),  TEST(another_device_is_left_alone),
		TEST(a_name_that_fills_its_field_has_no_end), TEST(a_value_is_read_up_to_a_bound),
		TEST(files_are_read_up_to_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
