/* What a host may set for one guest: the one list of names, and what each takes. */
#include "config/settings.h"

#include "base/fmt.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "config/entry.h"
#include "config/languages.h"
#include "config/lines/text.h"

/* The place of WORD in WORDS, which ends with NULL; -1 when it is not there. */
static int find(const char *const *words, struct str word)
{
	for (int i = 0; words[i] != NULL; i++) {
		if (str_eq(str_of(words[i]), word))
			return i;
	}
	return -1;
}

/* Text that can stand in a kernel's command line and on a terminal. */
static bool is_text(struct str s, size_t most)
{
	if (s.n > most)
		return false;
	while (s.n > 0) {
		uint32_t c;
		size_t n = utf8_decode(s, &c);

		if (n == 0 || (char_is_control(c) && c != '\t'))
			return false;
		s = str_skip(s, n);
	}
	return true;
}

static bool take_config(struct settings *s, struct str value)
{
	s->config = value;
	return str_eq(value, S("none")) || config_knows(value);
}

static bool take_default(struct settings *s, struct str value)
{
	s->default_glob = value;
	return value.n > 0 && is_text(value, SETTING_NAME_MAX);
}

static bool take_disk(struct settings *s, struct str value)
{
	s->disk = value;
	return value.n > 0 && is_text(value, SETTING_NAME_MAX);
}

/* Yes and no take turns, and the first of each is how it is written. */
static const char *const yes_no[] = {"yes", "no", "true", "false", "on", "off", "1", "0", NULL};

/* Sets *NO to what a word for yes or no says. */
static bool take_no(bool *no, struct str value)
{
	int at = find(yes_no, value);

	*no = at % 2;
	return at >= 0;
}

static bool take_editor(struct settings *s, struct str value)
{
	return take_no(&s->editor_off, value);
}

static bool take_lockdown(struct settings *s, struct str value)
{
	bool no, taken = take_no(&no, value);

	s->lockdown = !no;
	return taken;
}

static const char *const log_words[] = {
	[LOG_DEFAULT] = "default", [LOG_CONSOLE] = "console", [LOG_DEBUGCON] = "debugcon",
	[LOG_OFF] = "off",         [LOG_OFF + 1] = NULL,
};

static bool take_log(struct settings *s, struct str value)
{
	int at = find(log_words, value);

	s->log = (enum log_target)at;
	return at >= 0;
}

static const char *const on_failure_words[] = {
	[ON_FAILURE_NEXT] = "next",         [ON_FAILURE_WAIT] = "wait",
	[ON_FAILURE_RESET] = "reset",       [ON_FAILURE_POWEROFF] = "poweroff",
	[ON_FAILURE_FIRMWARE] = "firmware", [ON_FAILURE_FIRMWARE + 1] = NULL,
};

static bool take_on_failure(struct settings *s, struct str value)
{
	int at = find(on_failure_words, value);

	s->on_failure = (enum on_failure)at;
	return at >= 0;
}

static bool take_options_append(struct settings *s, struct str value)
{
	s->options_append = value;
	return is_text(value, SETTING_OPTIONS_MAX);
}

static bool take_options_replace(struct settings *s, struct str value)
{
	s->options_replace = value;
	return is_text(value, SETTING_OPTIONS_MAX);
}

static bool take_timeout(struct settings *s, struct str value)
{
	uint64_t seconds;

	if (!str_u64(value, &seconds) || seconds > TIMEOUT_MAX)
		return false;
	s->timeout = (unsigned)seconds;
	return true;
}

#define NAME_AND(reader, name, ...) name ", "

/* TAKE may have changed *S when it returns false: setting_take() gives it a copy. TAKES completes
 * "'timeout' takes". */
static const struct setting {
	const char *name;
	bool (*take)(struct settings *, struct str value);
	const char *takes;
} settings[SETTINGS] = {
	[SET_CONFIG] = {"config", take_config, GUEST_LANGUAGES(NAME_AND) "or none"},
	[SET_DEFAULT] = {"default", take_default, "a title or a glob, at most 255 bytes"},
	[SET_DISK] = {"disk", take_disk,
		      "a disk's label, UUID, serial number or index, at most 255 bytes"},
	[SET_EDITOR] = {"editor", take_editor, "yes or no"},
	[SET_LOCKDOWN] = {"lockdown", take_lockdown, "yes or no"},
	[SET_LOG] = {"log", take_log, "default, console, debugcon or off"},
	[SET_ON_FAILURE] = {"on-failure", take_on_failure,
			    "next, wait, reset, poweroff or firmware"},
	[SET_OPTIONS_APPEND] = {"options-append", take_options_append,
				"one line of UTF-8 text, at most 4096 bytes"},
	[SET_OPTIONS_REPLACE] = {"options-replace", take_options_replace,
				 "one line of UTF-8 text, at most 4096 bytes"},
	[SET_TIMEOUT] = {"timeout", take_timeout, "a number of seconds, 0 to 86400"},
};

bool setting_find(struct str name, enum setting_id *id)
{
	for (unsigned i = 0; i < SETTINGS; i++) {
		if (str_eq(str_of(settings[i].name), name)) {
			*id = (enum setting_id)i;
			return true;
		}
	}
	return false;
}

const char *setting_like(struct str name)
{
	struct str own = S("partless.");

	if (name.n > own.n && text_same((struct str){name.p, own.n}, own))
		name = str_skip(name, own.n);
	for (unsigned i = 0; i < SETTINGS; i++) {
		if (text_same(str_of(settings[i].name), name))
			return settings[i].name;
	}
	return NULL;
}

const char *setting_name(enum setting_id id)
{
	return settings[id].name;
}

const char *setting_take(struct settings *s, enum settings_source source, enum setting_id id,
			 struct str value)
{
	struct settings tried = *s;

	if (!settings[id].take(&tried, str_trim(value)))
		return settings[id].takes;
	if (source >= s->said[id]) {
		*s = tried;
		s->said[id] = source;
	}
	return NULL;
}

/* The value of a setting, if it is not the timeout's number. */
static struct str word_of(const struct settings *s, enum setting_id id)
{
	switch (id) {
	case SET_CONFIG:
		return s->config;
	case SET_DEFAULT:
		return s->default_glob;
	case SET_DISK:
		return s->disk;
	case SET_EDITOR:
		return str_of(yes_no[s->editor_off]);
	case SET_LOCKDOWN:
		return str_of(yes_no[!s->lockdown]);
	case SET_LOG:
		return str_of(log_words[s->log]);
	case SET_ON_FAILURE:
		return str_of(on_failure_words[s->on_failure]);
	case SET_OPTIONS_APPEND:
		return s->options_append;
	case SET_OPTIONS_REPLACE:
		return s->options_replace;
	default:
		return S("");
	}
}

size_t settings_print(const struct settings *s, char *to, size_t room)
{
	size_t n = 0;

	for (unsigned i = 0; i < SETTINGS; i++) {
		size_t left = n < room ? room - n : 0;
		char *at = left > 0 ? to + n : NULL;

		if (!s->said[i])
			continue;
		if (i == SET_TIMEOUT)
			n += fmt(at, left, "%s=%u\n", settings[i].name, s->timeout);
		else
			n += fmt(at, left, "%s=%.*s\n", settings[i].name,
				 STR_ARG(word_of(s, (enum setting_id)i)));
	}
	return n;
}

const char *settings_source_name(enum settings_source source)
{
	static const char *const names[SETTINGS_SOURCES] = {
		[SAID_NOWHERE] = "nobody",
		[SAID_IN_FILE] = "the host's /partless.conf",
		[SAID_BY_SMBIOS] = "SMBIOS",
		[SAID_BY_FW_CFG] = "fw_cfg",
		[SAID_ON_COMMAND_LINE] = "the command line",
	};

	return names[source];
}
