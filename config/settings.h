/* What a host may set for one guest: the names, the values, and which source wins. */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Where a setting was made. A source further down wins over one further up. */
enum settings_source {
	SAID_NOWHERE,
	SAID_IN_FILE, /* partless.conf in the loader's directory */
	SAID_BY_SMBIOS,
	SAID_BY_FW_CFG,
	SAID_ON_COMMAND_LINE,
	SETTINGS_SOURCES,
};

enum setting_id {
	SET_CONFIG,
	SET_DEFAULT,
	SET_DISK,
	SET_EDITOR,
	SET_LOCKDOWN,
	SET_LOG,
	SET_ON_FAILURE,
	SET_OPTIONS_APPEND,
	SET_OPTIONS_REPLACE,
	SET_TIMEOUT,
	SETTINGS,
};

/* What happens when a boot fails. */
enum on_failure {
	ON_FAILURE_NEXT,     /* start the next entry; after the last, return to the firmware */
	ON_FAILURE_WAIT,     /* show the report and wait for a person */
	ON_FAILURE_RESET,    /* reset the machine */
	ON_FAILURE_POWEROFF, /* switch it off */
	ON_FAILURE_FIRMWARE, /* show the report and return to the firmware */
};

/* Where the lines for machines go. */
enum log_target { LOG_DEFAULT, LOG_CONSOLE, LOG_DEBUGCON, LOG_OFF };

/* All zero: nothing is set. Strings are borrowed from the source; they are UTF-8 without control
 * characters. */
struct settings {
	enum settings_source said[SETTINGS]; /* the source of each value below */
	struct str config;       /* the only language of guests that is read, or "none" */
	struct str default_glob; /* a pattern for entry_match() */
	struct str disk;         /* loader/settings/apply.h */
	bool editor_off;         /* a person may not edit options */
	bool lockdown;           /* a person may only start what could start by itself */
	enum log_target log;
	enum on_failure on_failure;
	struct str options_append, options_replace;
	unsigned timeout; /* seconds */
};

/* The longest name of a disk, title or glob, and the longest options, in bytes. */
#define SETTING_NAME_MAX    255
#define SETTING_OPTIONS_MAX 4096

/* Finds a setting by its NAME, for example "on-failure". False when there is none. */
bool setting_find(struct str name, enum setting_id *);

/* The name of a setting. */
const char *setting_name(enum setting_id);

/* The setting that NAME means although it is in upper case or begins with "partless."; NULL when
 * there is none. */
const char *setting_like(struct str name);

/* Sets a setting to VALUE, without its blanks at both ends, unless it has a value from a source
 * that wins over SOURCE. Of one source the last value counts. Returns NULL. For a VALUE that it
 * cannot have, changes nothing and returns what it takes: "a number of seconds, 0 to 86400". */
const char *setting_take(struct settings *, enum settings_source, enum setting_id,
			 struct str value);

/* Writes what somebody has set to TO, at most ROOM bytes, and returns how many all of it takes: for
 * each setting a line "NAME=VALUE\n", in the order of the names, with the value that is in force.
 * However a value was said, it is written in one way: "editor=1" as "editor=yes". */
size_t settings_print(const struct settings *, char *to, size_t room);

/* The name of a source: "SMBIOS". Never NULL. */
const char *settings_source_name(enum settings_source);

#endif
