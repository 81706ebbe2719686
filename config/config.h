/* The boot files of a volume become a list of entries: the table of languages and the way in. */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "config/entry.h"

/* A boot file larger than this is refused, and of one file at most so many bad lines are told. */
#define CONFIG_FILE_MAX (1u << 20)
#define CONFIG_NOTES    10

/* What every parser is handed. */
struct parse {
	struct volume *volume; /* the file's own, for whatever it refers to */
	struct arena *arena;   /* where entries and strings go */
	struct report *report; /* bad lines are told here, with file and line */
	struct config *config; /* what to add to */
	struct str path;       /* the file's path on the volume */
	unsigned notes;        /* bad lines told so far: parse_note() */
};

/* Parses TEXT, the whole boot file, into p->config. TEXT lives as long as the arena. A bad line costs
 * itself and is told with parse_note(). E_NO_MEMORY and E_LIMIT end the parse, are reported, and
 * what was read until then stays. */
typedef enum status parse_fn(struct parse *, struct str text);

/* A configuration language: its boot files, in the order they are looked for, and its parser. */
struct format {
	const char *name;
	const char *const *paths; /* absolute; ends with NULL */
	parse_fn *parse;
};

/* Whose volume it is: a guest's disk or the loader's own directory on the host. */
enum config_side { SIDE_GUEST, SIDE_HOST };

/* Reads VOLUME's boot files into CONFIG: the first language that yields a bootable entry wins. An
 * entry whose files are missing keeps its place with `problem` set. OK also when nothing was found:
 * then config->count is 0. Whatever is wrong in a file is told in REPORT. */
enum status config_read(struct volume *, enum config_side, struct arena *, struct report *,
			struct config *);

/* For parsers: tells one bad line as "FILE:LINE: text", the first CONFIG_NOTES of a file. */
void parse_note(struct parse *, unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* For parsers: a new, zeroed entry at the end of p->config, with from, line and volume filled in.
 * Reports and fails with E_NO_MEMORY, or E_LIMIT past ENTRIES_MAX. */
enum status parse_entry(struct parse *, unsigned line, struct entry **);

#endif
