/* What a configuration language is, and what its parser may use. */
#ifndef CONFIG_PARSE_H
#define CONFIG_PARSE_H

#include "config/entry.h"
#include "config/languages.h"
#include "config/places.h"
#include "config/settings.h"

/* The largest boot file, in bytes, and the most bad lines of one file that are reported. */
#define CONFIG_FILE_MAX (1u << 20)
#define CONFIG_NOTES    10

/* What every parser is handed. */
struct parse {
	struct volume *volume;       /* the boot file's own */
	const struct places *places; /* the other volumes that it may refer to */
	struct arena *arena;         /* where entries and strings go */
	struct report *report;       /* for bad lines, with file and line, and failures */
	struct config *config;       /* what to add to */
	struct str path;           /* where to read: a boot file's or folder's path on the volume */
	unsigned notes;            /* bad lines reported so far: parse_note() */
	struct settings *settings; /* what the host's file may set; NULL for a guest's */
	/* The default as a pattern, from a reader that cannot set config->default_entry: which
	 * entry it means depends on which can boot, and config.c knows that after the reader. */
	struct str default_glob;
};

/* Reads what lies at p->path into p->config. E_NOT_FOUND, unreported, when there is nothing. A bad
 * line is skipped and reported with parse_note(). Any other failure ends the reading and is
 * reported; the entries read up to there stay. */
typedef enum status read_fn(struct parse *);

/* A configuration language: its name; what is looked for in the folders PATHS, or NULL where PATHS
 * are files; these paths, in the order in which they are tried; and its reader. */
struct format {
	const char *name;
	const char *what;
	const char *const *paths; /* absolute; ends with NULL */
	read_fn *read;
};

/* The readers of all languages. docs/partless.conf.md, grub.md and menus.md say what they know. */
#define DECLARE_READER(reader, ...) read_fn reader;
GUEST_LANGUAGES(DECLARE_READER)
LAST_LANGUAGES(DECLARE_READER)

/* vol_load() for text: drops the byte-order mark that some editors write first. For files in which
 * a choice is saved. */
enum status text_read(struct volume *, struct str path, size_t most, struct arena *, struct str *);

/* The same for all other texts: adds the file to p->config->texts if boot files are measured. */
enum status text_load(struct parse *, struct volume *, struct str path, size_t most, struct arena *,
		      struct str *);

/* Reads the whole file at p->path, of at most CONFIG_FILE_MAX bytes, and makes it p->config->from.
 * TEXT lives as long as the arena. Fails as read_fn says. */
enum status parse_load(struct parse *, struct str *text);

/* Reports one bad line as "FILE:LINE: text"; a line of the host's own file as "the host's
 * FILE:LINE: text". Only the first CONFIG_NOTES of a file are reported. */
void parse_note(struct parse *, unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Reports that memory is used up. Returns E_NO_MEMORY. */
enum status parse_no_memory(struct parse *);

/* Returns where the path of one more initrd goes; the caller writes it and then adds 1 to
 * e->initrds. NULL, reported for LINE, when the entry has ENTRY_INITRDS already. */
struct str *parse_initrd(struct parse *, struct entry *, unsigned line);

/* Sets how long the menu waits: SECONDS, at most TIMEOUT_MAX. */
void parse_timeout(struct parse *, uint64_t seconds);

/* Adds a zeroed entry to the end of p->config and fills in from, menu, LINE and volume. An id that
 * stays empty becomes the title. Reports and fails with E_NO_MEMORY, or with E_LIMIT past
 * ENTRIES_MAX. */
enum status parse_entry(struct parse *, unsigned line, struct entry **);

#endif
