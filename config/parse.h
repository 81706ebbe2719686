/* What a configuration language is, and what its parser may use. */
#ifndef CONFIG_PARSE_H
#define CONFIG_PARSE_H

#include "config/entry.h"
#include "config/languages.h"
#include "config/places.h"
#include "config/settings.h"

/* A boot file larger than this is refused, and of one file at most so many bad lines are told. */
#define CONFIG_FILE_MAX (1u << 20)
#define CONFIG_NOTES    10

/* What every parser is handed. */
struct parse {
	struct volume *volume;       /* the boot file's own, for whatever it refers to */
	const struct places *places; /* what else it may refer to */
	struct arena *arena;         /* where entries and strings go */
	struct report *report;       /* bad lines are told here, with file and line */
	struct config *config;       /* what to add to */
	struct str path;           /* where to read: a boot file's or folder's path on the volume */
	unsigned notes;            /* bad lines told so far: parse_note() */
	struct settings *settings; /* what the host's file may set; NULL for a guest's */
	/* The default as a pattern, from a reader that cannot set config->default_entry: which
	 * entry it means depends on which can boot, and config.c knows that after the reader. */
	struct str default_glob;
};

/* Reads what lies at p->path into p->config. E_NOT_FOUND, without a word in the report, when there
 * is nothing. A bad line costs itself and is told with parse_note(). Any other failure ends the
 * reading and is reported; what was read until then stays. */
typedef enum status read_fn(struct parse *);

/* A configuration language: its name, where its boot files or folders are looked for, in that
 * order, what is looked for in the folders (NULL: the paths are those of files), and its reader. */
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

/* As vol_load(), of a file of text: without the byte-order mark that some editors put before it.
 * Whatever config/ reads as text it reads with this. */
enum status text_load(struct volume *, struct str path, size_t most, struct arena *, struct str *);

/* Reads the whole file at p->path, which must be smaller than CONFIG_FILE_MAX, and makes it
 * p->config->from. TEXT lives as long as the arena. Fails as read_fn says. */
enum status parse_load(struct parse *, struct str *text);

/* Tells one bad line as "FILE:LINE: text", of the host's own file "the host's FILE:LINE: text"; the
 * first CONFIG_NOTES of a file. */
void parse_note(struct parse *, unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Reports that memory is used up, and hands E_NO_MEMORY back. */
enum status parse_no_memory(struct parse *);

/* Where the path of one more initrd of the entry goes: the caller then counts it. NULL, told, when
 * the entry has ENTRY_INITRDS: as of LINE. */
struct str *parse_initrd(struct parse *, struct entry *, unsigned line);

/* The file says how long the menu waits: SECONDS, or TIMEOUT_MAX where that is more. */
void parse_timeout(struct parse *, uint64_t seconds);

/* A new, zeroed entry at the end of p->config, with from, LINE and volume filled in. Its id may
 * stay empty: then it becomes the title. Reports and fails with E_NO_MEMORY, or E_LIMIT past
 * ENTRIES_MAX. */
enum status parse_entry(struct parse *, unsigned line, struct entry **);

#endif
