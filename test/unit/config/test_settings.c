/* config/settings.c: what each setting takes, and who goes before whom. */
#include "config/settings.h"

#include "test/unit/test.h"

static struct settings settings;

static int setup(void **state)
{
	(void)state;
	settings = (struct settings){0};
	return 0;
}

static const char *set(enum settings_source source, const char *name, const char *value)
{
	enum setting_id id = SETTINGS;

	assert_true(setting_find(str_of(name), &id));
	assert_string_equal(setting_name(id), name);
	return setting_take(&settings, source, id, str_of(value));
}

static void assert_str(struct str got, const char *want)
{
	assert_int_equal(got.n, strlen(want));
	assert_memory_equal(got.p, want, got.n);
}

static void every_setting_takes_what_it_should(void **state)
{
	(void)state;
	assert_null(set(SAID_BY_SMBIOS, "config", "extlinux"));
	assert_null(set(SAID_BY_SMBIOS, "default", " Debian* "));
	assert_null(set(SAID_BY_SMBIOS, "disk", "w\xc3\xa4hle mich"));
	assert_null(set(SAID_BY_SMBIOS, "editor", "no"));
	assert_null(set(SAID_BY_SMBIOS, "lockdown", "yes"));
	assert_null(set(SAID_BY_SMBIOS, "log", "debugcon"));
	assert_null(set(SAID_BY_SMBIOS, "on-failure", "poweroff"));
	assert_null(set(SAID_BY_SMBIOS, "options-append", "console=ttyS0\tquiet"));
	assert_null(set(SAID_BY_SMBIOS, "options-replace", ""));
	assert_null(set(SAID_BY_SMBIOS, "timeout", "86400"));
	assert_str(settings.config, "extlinux");
	assert_str(settings.default_glob, "Debian*");
	assert_str(settings.disk, "w\xc3\xa4hle mich");
	assert_true(settings.editor_off);
	assert_true(settings.lockdown);
	assert_int_equal(settings.log, LOG_DEBUGCON);
	assert_int_equal(settings.on_failure, ON_FAILURE_POWEROFF);
	assert_str(settings.options_append, "console=ttyS0\tquiet");
	assert_str(settings.options_replace, "");
	assert_int_equal(settings.timeout, 86400);
	for (unsigned i = 0; i < SETTINGS; i++)
		assert_int_equal(settings.said[i], SAID_BY_SMBIOS);
}

static void every_word_of_a_choice_means_itself(void **state)
{
	static const char *const failures[] = {"next", "wait", "reset", "poweroff", "firmware"};
	static const char *const logs[] = {"default", "console", "debugcon", "off"};
	static const char *const editors[] = {"yes", "no", "true", "false", "on", "off", "1", "0"};
	static const char *const languages[] = {"partless", "grub",    "bls", "extlinux",
						"legacy",   "kernels", "none"};

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		assert_null(set(SAID_BY_FW_CFG, "on-failure", failures[i]));
		assert_int_equal(settings.on_failure, i);
	}
	for (unsigned i = 0; i < 4; i++) {
		assert_null(set(SAID_BY_FW_CFG, "log", logs[i]));
		assert_int_equal(settings.log, i);
	}
	for (unsigned i = 0; i < 8; i++) {
		assert_null(set(SAID_BY_FW_CFG, "editor", editors[i]));
		assert_int_equal(settings.editor_off, i % 2);
		assert_null(set(SAID_BY_FW_CFG, "lockdown", editors[i]));
		assert_int_equal(settings.lockdown, i % 2 == 0);
	}
	for (unsigned i = 0; i < 7; i++) {
		assert_null(set(SAID_BY_FW_CFG, "config", languages[i]));
		assert_str(settings.config, languages[i]);
		assert_non_null(strstr(set(SAID_BY_FW_CFG, "config", "GRUB"), languages[i]));
	}
}

static char text[SETTING_OPTIONS_MAX + 2];

static void what_a_setting_does_not_take_changes_nothing(void **state)
{
	static const struct {
		const char *name, *value;
	} cases[] = {
		{"timeout", ""},
		{"timeout", "-1"},
		{"timeout", "86401"},
		{"timeout", "3s"},
		{"timeout", "0x10"},
		{"timeout", "99999999999999999999"},
		{"default", ""},
		{"default", "a\nb"},
		{"default", "\x1b[2J"},
		{"disk", ""},
		{"disk", "\xff"},
		{"disk", "\xc2\x9b"},
		{"config", ""},
		{"config", "GRUB"},
		{"config", "menu.lst"},
		{"editor", ""},
		{"editor", "No"},
		{"lockdown", ""},
		{"lockdown", "maybe"},
		{"log", "serial"},
		{"on-failure", "reboot"},
		{"options-append", "\n"},
		{"options-replace", "a\x7f"},
		{"options-append", text},
		{"default", text},
	};
	struct settings before;

	(void)state;
	memset(text, 'x', SETTING_OPTIONS_MAX + 1);
	assert_null(set(SAID_IN_FILE, "timeout", "7"));
	assert_null(set(SAID_IN_FILE, "default", "D"));
	before = settings;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_non_null(set(SAID_ON_COMMAND_LINE, cases[i].name, cases[i].value));
		assert_memory_equal(&settings, &before, sizeof(settings));
	}
	text[SETTING_OPTIONS_MAX] = '\0';
	assert_null(set(SAID_ON_COMMAND_LINE, "options-append", text));
}

static void the_more_specific_source_counts_in_any_order(void **state)
{
	static const enum settings_source orders[][4] = {
		{SAID_IN_FILE, SAID_BY_SMBIOS, SAID_BY_FW_CFG, SAID_ON_COMMAND_LINE},
		{SAID_ON_COMMAND_LINE, SAID_BY_FW_CFG, SAID_BY_SMBIOS, SAID_IN_FILE},
		{SAID_BY_FW_CFG, SAID_ON_COMMAND_LINE, SAID_IN_FILE, SAID_BY_SMBIOS},
	};

	for (unsigned i = 0; i < 3; i++) {
		setup(state);
		for (unsigned j = 0; j < 4; j++) {
			char value[] = {(char)('0' + orders[i][j]), '\0'};

			assert_null(set(orders[i][j], "timeout", value));
		}
		assert_int_equal(settings.timeout, SAID_ON_COMMAND_LINE);
		assert_int_equal(settings.said[SET_TIMEOUT], SAID_ON_COMMAND_LINE);
	}
}

static void of_one_source_the_last_word_counts(void **state)
{
	(void)state;
	assert_null(set(SAID_BY_SMBIOS, "timeout", "1"));
	assert_null(set(SAID_BY_SMBIOS, "timeout", "2"));
	assert_int_equal(settings.timeout, 2);
}

static void other_names_are_no_settings(void **state)
{
	static const char *const names[] = {"", "Timeout", "timeouts", "time", "default ", "title"};
	enum setting_id id;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_false(setting_find(str_of(names[i]), &id));
}

static void assert_printed(const char *want)
{
	char whole[200];
	size_t n = settings_print(&settings, whole, sizeof(whole));

	assert_true(n < sizeof(whole));
	whole[n] = '\0';
	assert_string_equal(whole, want);
	for (size_t room = 0; room < n; room++) {
		char part[200];

		memset(part, 0x5a, sizeof(part));
		assert_int_equal(settings_print(&settings, part, room), n);
		assert_memory_equal(part, whole, room);
		assert_int_equal(part[room], 0x5a);
	}
}

static void what_is_set_is_printed_in_one_way(void **state)
{
	(void)state;
	assert_printed("");
	assert_null(set(SAID_ON_COMMAND_LINE, "timeout", "007"));
	assert_null(set(SAID_BY_FW_CFG, "log", "off"));
	assert_null(set(SAID_IN_FILE, "editor", "1"));
	assert_null(set(SAID_IN_FILE, "timeout", "3"));
	assert_null(set(SAID_IN_FILE, "options-replace", ""));
	assert_printed("editor=yes\nlog=off\noptions-replace=\ntimeout=7\n");
	assert_null(set(SAID_BY_SMBIOS, "config", "bls"));
	assert_null(set(SAID_BY_SMBIOS, "default", " A* "));
	assert_null(set(SAID_BY_SMBIOS, "disk", "x"));
	assert_null(set(SAID_BY_SMBIOS, "editor", "off"));
	assert_null(set(SAID_BY_SMBIOS, "on-failure", "wait"));
	assert_null(set(SAID_BY_SMBIOS, "options-append", "a\tb"));
	assert_printed("config=bls\ndefault=A*\ndisk=x\neditor=no\nlog=off\non-failure=wait\n"
		       "options-append=a\tb\noptions-replace=\ntimeout=7\n");
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_setting_takes_what_it_should),
		TEST(every_word_of_a_choice_means_itself),
		TEST(what_a_setting_does_not_take_changes_nothing),
		TEST(the_more_specific_source_counts_in_any_order),
		TEST(of_one_source_the_last_word_counts),
		TEST(other_names_are_no_settings),
		TEST(what_is_set_is_printed_in_one_way),
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
