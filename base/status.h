/* How a function says that it failed, and where the reason is written for a person to read. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include <stdarg.h>
#include <stddef.h>

#include "base/str.h"

/* The answer of everything that can fail. What a caller may decide by lies here; why it happened
 * lies in the report. */
enum [[nodiscard]] status{
	OK,
	E_IO,          /* the device or the firmware refused */
	E_CORRUPT,     /* the bytes contradict their own format */
	E_UNSUPPORTED, /* well formed, but we cannot read it */
	E_NOT_FOUND,   /* no such file, or nothing of that kind here */
	E_WRONG_TYPE,  /* a directory where a file should be, or the reverse */
	E_SYNTAX,      /* text that a person wrote and we do not understand */
	E_LIMIT,       /* larger, deeper or more than a named bound */
	E_NO_MEMORY,
	E_DENIED, /* forbidden by policy, Secure Boot for one */
};

/* The bytes of text that a report holds, and those of one line before it is cut. */
#define REPORT_SIZE 8192
#define LINE_SIZE   2048

/* Lines for a person, newest last, each ended by '\n'. Only printable characters get in
 * (base/printable.h): a file name on a guest's disk must not be able to steer the host's terminal,
 * or to begin a line. All zero is an empty report. */
struct report {
	size_t n;         /* bytes used in text */
	unsigned dropped; /* lines that found no room */
	char text[REPORT_SIZE];
};

/* Writes one line, formatted as fmt_va() says, and hands STATUS back:
 * `return fail(r, E_CORRUPT, "...")`. A line without room is counted in `dropped`. */
enum status fail(struct report *, enum status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Sets a line over all that was written since MARK and indents that below it, so that the report
 * reads from what was wanted to what went wrong. Hands STATUS back. */
enum status fail_in(struct report *, size_t mark, enum status, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Writes one line that is no failure of the caller's: a bad line of a file, a remark. */
void note(struct report *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Sees to it that what comes next finds REPORT_ROOM bytes: where there are fewer, forgets all since
 * MARK and, if that is not enough, the newest lines before it, and counts that as one dropped line.
 */
#define REPORT_ROOM 3072
void report_make_room(struct report *, size_t mark);

/* Where the report ends now, for fail_in() and report_rewind(). */
static inline size_t report_mark(const struct report *r)
{
	return r->n;
}

/* What was written since MARK; lives as long as the report stays as it is. */
struct str report_since(const struct report *, size_t mark);

/* Forgets everything since MARK: for a caller to whom the failure was an answer. */
void report_rewind(struct report *, size_t mark);

/* Forgets each line since MARK that has the same lines indented below it as one before it, whenever
 * that was written, and differs from it in its last word at most, and those below it; returns how
 * many: damage that stands in the way to many files is one reason. Lines with nothing below them
 * stay. */
unsigned report_fold(struct report *, size_t mark);

/* STATUS in two or three words, for example "not found". Never NULL. */
const char *status_words(enum status);

#endif
