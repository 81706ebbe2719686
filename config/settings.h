/* What a host may say to one guest: names, values and who goes before whom. */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Where a setting was said; the later in this list goes before the earlier. */
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
	SET_LOG,
	SET_ON_FAILURE,
	SET_OPTIONS_APPEND,
	SET_OPTIONS_REPLACE,
	SET_TIMEOUT,
	SETTINGS,
};

/* What happens when a boot fails. */
enum on_failure {
	ON_FAILURE_NEXT,     /* the next entry; when none is left, back to the firmware */
	ON_FAILURE_WAIT,     /* for a person, with the report */
	ON_FAILURE_RESET,    /* the machine */
	ON_FAILURE_POWEROFF, /* the machine */
	ON_FAILURE_FIRMWARE, /* has control, once the report was shown */
};

/* Where the lines for machines go. */
enum log_target { LOG_DEFAULT, LOG_CONSOLE, LOG_DEBUGCON, LOG_OFF };

/* All zero: nobody said anything. Strings are borrowed from whoever said them; they are UTF-8
 * without control characters. */
struct settings {
	enum settings_source said[SETTINGS]; /* by whom each was said that counts */
	struct str config;                   /* the one language that is read of guests; "none" */
	struct str default_glob;             /* entry_match() */
	struct str disk;                     /* loader/settings/apply.h */
	bool editor_off;                     /* a person may not edit options */
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

/* Its name. */
const char *setting_name(enum setting_id);

/* The name of the setting that NAME means all the same: in upper case, or behind "partless."; NULL
 * for none. */
const char *setting_like(struct str name);

/* Takes VALUE, blanks trimmed, unless a source that goes before SOURCE has said otherwise; of one
 * source the last word counts. Returns NULL, or when VALUE cannot be one, and then nothing is
 * changed, what it takes: "a number of seconds, 0 to 86400". */
const char *setting_take(struct settings *, enum settings_source, enum setting_id,
			 struct str value);

/* Where a setting was said, in words: "SMBIOS". Never NULL. */
const char *settings_source_name(enum settings_source);

#endif
