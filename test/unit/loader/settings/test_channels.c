/* loader/settings/channels.c and loader/settings/smbios.c: what arrives from the host, well
 * formed and not. */
#include "loader/settings/channels.h"

#include <stdlib.h>

#include "loader/settings/smbios.h"
#include "test/unit/test.h"

static struct settings settings;
static struct report report;

static int setup(void **state)
{
	(void)state;
	settings = (struct settings){0};
	report = (struct report){0};
	return 0;
}

static void assert_report(const char *want)
{
	report.text[report.n] = '\0';
	assert_string_equal(report.text, want);
}

static void assert_str(struct str got, const char *want)
{
	assert_int_equal(got.n, strlen(want));
	assert_memory_equal(got.p, want, got.n);
}

static void read_line(const char *line)
{
	static char copy[512];

	strcpy(copy, line);
	channel_command_line(&settings, copy, strlen(copy), &report);
}

static void a_command_line_is_words(void **state)
{
	(void)state;
	read_line("  timeout=0 \t disk=root\r\neditor=no ");
	assert_int_equal(settings.timeout, 0);
	assert_int_equal(settings.said[SET_TIMEOUT], SAID_ON_COMMAND_LINE);
	assert_str(settings.disk, "root");
	assert_true(settings.editor_off);
	assert_report("");
}

static void quotes_hold_words_together(void **state)
{
	(void)state;
	read_line("options-append=\"a='b c' d\" 'options-replace=x \"y z\"' disk=one' 'two");
	assert_str(settings.options_append, "a='b c' d");
	assert_str(settings.options_replace, "x \"y z\"");
	assert_str(settings.disk, "one two");
	assert_report("");
	read_line("disk='never closed timeout=5");
	assert_str(settings.disk, "never closed timeout=5");
	assert_report("the command line: a quote, ', is not closed, and 'disk=never closed "
		      "timeout=5' goes on to the end\n");
}

static void the_loaders_own_name_is_no_setting(void **state)
{
	static const char *const names[] = {"\\EFI\\BOOT\\BOOTX64.EFI", "fs0:\\loader.efi",
					    "'fs0:\\my loader.efi'"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char line[100];

		setup(state);
		snprintf(line, sizeof(line), "%s timeout=4", names[i]);
		read_line(line);
		assert_int_equal(settings.timeout, 4);
		assert_report("");
	}
	setup(state);
	read_line("disk=a.efi");
	assert_str(settings.disk, "a.efi");
}

static void the_command_line_does_not_decide_on_lockdown(void **state)
{
	(void)state;
	read_line("timeout=1 lockdown=yes lockdown= disk=root");
	assert_int_equal(settings.timeout, 1);
	assert_str(settings.disk, "root");
	assert_false(settings.lockdown);
	assert_int_equal(settings.said[SET_LOCKDOWN], SAID_NOWHERE);
	assert_report("the command line cannot set 'lockdown': set it elsewhere\n"
		      "the command line cannot set 'lockdown': set it elsewhere\n");
}

static void under_lockdown_nothing_on_the_command_line_counts(void **state)
{
	(void)state;
	assert_null(setting_take(&settings, SAID_IN_FILE, SET_LOCKDOWN, S("yes")));
	read_line("loader.efi ");
	assert_report("");
	read_line("loader.efi timeout=1 lockdown=no quiet");
	assert_int_equal(settings.said[SET_TIMEOUT], SAID_NOWHERE);
	assert_true(settings.lockdown);
	assert_report("the host's lockdown (the host's /partless.conf): the command line is "
		      "ignored\n");
}

static void what_is_no_setting_is_told_and_costs_itself(void **state)
{
	(void)state;
	read_line("quiet '' colour=red\033 =1 timeout=x timeout=9 b.efi");
	assert_int_equal(settings.timeout, 9);
	assert_report("the command line: 'quiet' is not a setting: say NAME=VALUE\n"
		      "the command line: '' is not a setting: say NAME=VALUE\n"
		      "the command line: unknown setting 'colour': partless-settings(5) lists "
		      "them\n"
		      "the command line: unknown setting '': partless-settings(5) lists them\n"
		      "the command line: 'timeout' takes a number of seconds, 0 to 86400, not 'x'\n"
		      "the command line: 'b.efi' is not a setting: say NAME=VALUE\n");
}

static bool decode(const void *bytes, size_t n, struct str *s)
{
	static char *room;
	uint8_t *exact = malloc(n != 0 ? n : 1);
	bool is_text;

	free(room);
	room = malloc(2 * n + 1);
	memcpy(exact, bytes, n);
	is_text = channel_load_options(exact, n, room, s);
	free(exact);
	return is_text;
}

static void load_options_are_text_however_they_are_written(void **state)
{
	static const struct {
		size_t n;
		const char *bytes, *want;
	} cases[] = {
		{0, "", ""},
		{2, "\0\0", ""},
		{3, "a=b", "a=b"},
		{4, "a=bc", "a=bc"},
		{5, "a=bc", "a=bc"},
		{6, "a\0=\0b\0", "a=b"},
		{10, "a\0=\0b\0\0\0\0\0", "a=b"},
		{4, "\xe4\0=\0", "\xc3\xa4="},                     /* UTF-16 */
		{6, "\xc3\0\xa4\0=\0", "\xc3\xa4="},               /* widened UTF-8 */
		{6, "\x27\x26=\0\xe4\0", "\xe2\x98\xa7=\xc3\xa4"}, /* UTF-16 */
		{6, "\x3d\xd8\x27\xdc=\0", "\xf0\x9f\x90\xa7="},   /* a pair */
		{6, "\x27\xdc\x3d\xd8=\0", "\xef\xbf\xbd\xef\xbf\xbd="},
		{4, "=\0\x3d\xd8", "=\xef\xbf\xbd"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str s;

		assert_true(decode(cases[i].bytes, cases[i].n, &s));
		assert_str(s, cases[i].want);
	}
}

static void load_options_that_are_no_text_are_none(void **state)
{
	/* A GUID as EDK2 leaves it in a boot option of its own; what Windows has in its own. */
	static const uint8_t guid[] = {0x4e, 0xac, 0x08, 0x81, 0x11, 0x9f, 0x59, 0x4d,
				       0x85, 0x0e, 0xe2, 0x1a, 0x52, 0x2c, 0x59, 0xb2};
	static const uint8_t windows[] = "WINDOWS\0\1\0\0\0\x88\0\0\0x\0\0\0B\0C\0D\0O\0B\0J\0";
	static const uint8_t middle[] = {'a', 0, '=', 0, 0, 0, 'b', 0};
	static const uint8_t odd[] = {'a', 0, '=', 0, 'b'};
	static const uint8_t zeros_and_one[] = {0, 0, 0, 1};
	struct str s;

	(void)state;
	assert_false(decode(guid, sizeof(guid), &s));
	assert_false(decode(windows, sizeof(windows), &s));
	assert_false(decode(middle, sizeof(middle), &s));
	assert_false(decode(odd, sizeof(odd), &s));
	assert_false(decode("\1", 1, &s));
	(void)decode(zeros_and_one, sizeof(zeros_and_one), &s);
}

/* Structures of type 0, with a string, 11, with the strings, 17, without any, and the end. */
#define TABLE(strings)                     \
	"\0\6\0\0\1\2"                     \
	"SeaBIOS\0partless.timeout=1\0\0"  \
	"\x0b\5\0\1\3" strings "\0"        \
	"\x11\7\0\2\0\0\0\0\0"             \
	"\x0b\5\0\3\1partless.log=off\0\0" \
	"\x7f\4\0\4\0\0"                   \
	"\x0b\5\0\5\1partless.log=console\0\0"

static void read_table(const void *table, size_t n)
{
	char *exact = malloc(n != 0 ? n : 1);

	memcpy(exact, table, n);
	smbios_set(&settings, (struct str){exact, n}, &report);
	free(exact);
}

static void strings_of_smbios_are_settings(void **state)
{
	static const char table[] = TABLE("partless.timeout=4\0"
					  "somebody.timeout=5\0"
					  "io.systemd.credential:x=y\0"
					  "partless.editor=maybe\0"
					  "partless.colour=red\0"
					  "partless.timeout\0");

	(void)state;
	smbios_set(&settings, (struct str){table, sizeof(table)}, &report);
	assert_int_equal(settings.timeout, 4);
	assert_int_equal(settings.said[SET_TIMEOUT], SAID_BY_SMBIOS);
	assert_int_equal(settings.log, LOG_OFF);
	assert_report("SMBIOS: 'editor' takes yes or no, not 'maybe'\n"
		      "SMBIOS: unknown setting 'colour': partless-settings(5) lists them\n"
		      "SMBIOS: 'timeout' is not a setting: say NAME=VALUE\n");
}

static void systemds_names_mean_what_they_do_there(void **state)
{
	static const char table[] = TABLE("io.systemd.boot.timeout=12\0"
					  "io.systemd.boot.kernel-cmdline-extra=a=b c\0"
					  "io.systemd.boot.other=1\0");

	(void)state;
	smbios_set(&settings, (struct str){table, sizeof(table)}, &report);
	assert_int_equal(settings.timeout, 12);
	assert_str(settings.options_append, "a=b c");
	read_table(TABLE("io.systemd.boot.timeout=menu-force\0"), 100);
	assert_report(
		"SMBIOS: 'timeout' takes a number of seconds, 0 to 86400, not 'menu-force'\n");
}

static void a_table_cut_anywhere_is_read_up_to_there(void **state)
{
	static const char table[] = TABLE("partless.timeout=4\0");

	for (size_t n = 0; n < sizeof(table); n++) {
		setup(state);
		read_table(table, n);
		assert_report("");
		assert_true(settings.said[SET_TIMEOUT] == SAID_NOWHERE || settings.timeout == 4);
	}
}

static void a_table_with_any_byte_changed_is_read_to_its_end_or_less(void **state)
{
	static const uint8_t values[] = {0, 1, 3, 4, 5, 11, 0x7f, 0x80, 0xff};
	char table[] = TABLE("partless.timeout=4\0");

	for (size_t i = 0; i < sizeof(table); i++) {
		char was = table[i];

		for (size_t j = 0; j < sizeof(values); j++) {
			setup(state);
			table[i] = (char)values[j];
			read_table(table, sizeof(table));
		}
		table[i] = was;
	}
}

static void a_structure_that_does_not_move_on_ends_the_table(void **state)
{
	(void)state;
	read_table("\x0b\0\0\0partless.timeout=4\0\0", 24);
	read_table("\x0b\3\0\0partless.timeout=4\0\0", 24);
	read_table("\x0b\xff\0\0partless.timeout=4\0\0", 24);
	assert_int_equal(settings.said[SET_TIMEOUT], SAID_NOWHERE);
}

static void both_entry_points_are_read(void **state)
{
	static const char two[] = "_SM_\0\x1f\2\x08\0\0\0\0\0\0\0\0"
				  "_DMI_\0\x34\x12\x78\x56\x34\x12\7\0\0";
	static const char three[] = "_SM3_\0\x18\3\0\0\1\0\x78\x56\0\0"
				    "\x88\x77\x66\x55\x44\x33\x22\x11";
	struct smbios_table table = {0};

	(void)state;
	assert_true(smbios_entry((struct str){two, SMBIOS_ENTRY_BYTES}, &table));
	assert_int_equal(table.bytes, 0x1234);
	assert_int_equal(table.address, 0x12345678);
	assert_true(smbios_entry((struct str){three, 24}, &table));
	assert_int_equal(table.bytes, 0x5678);
	assert_true(table.address == UINT64_C(0x1122334455667788));
	assert_false(smbios_entry((struct str){two, SMBIOS_ENTRY_BYTES - 1}, &table));
	assert_false(smbios_entry((struct str){three, 23}, &table));
	assert_false(smbios_entry((struct str){two + 1, SMBIOS_ENTRY_BYTES - 1}, &table));
	assert_false(smbios_entry(S(""), &table));
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_command_line_is_words),
		TEST(quotes_hold_words_together),
		TEST(the_loaders_own_name_is_no_setting),
		TEST(the_command_line_does_not_decide_on_lockdown),
		TEST(under_lockdown_nothing_on_the_command_line_counts),
		TEST(what_is_no_setting_is_told_and_costs_itself),
		TEST(load_options_are_text_however_they_are_written),
		TEST(load_options_that_are_no_text_are_none),
		TEST(strings_of_smbios_are_settings),
		TEST(systemds_names_mean_what_they_do_there),
		TEST(a_table_cut_anywhere_is_read_up_to_there),
		TEST(a_table_with_any_byte_changed_is_read_to_its_end_or_less),
		TEST(a_structure_that_does_not_move_on_ends_the_table),
		TEST(both_entry_points_are_read),
	};

	return cmocka_run_group_tests_name("channels", tests, NULL, NULL);
}
