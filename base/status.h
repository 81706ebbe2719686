/* How a function says that it failed: a status for its caller, and a report for a person. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include <stdarg.h>
#include <stddef.h>

#include "base/str.h"

/* The result of every function that can fail. A caller decides by the status; the reason, for a
 * person, is in the report. */
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
 * (base/printable.h): a file name on a guest's disk must not control the host's terminal, nor begin
 * a line of its own. All zero is an empty report. */
struct report {
	size_t n;         /* bytes used in text */
	unsigned dropped; /* lines that found no room */
	char text[REPORT_SIZE];
};

/* Writes one line, formatted as fmt_va() says, and returns STATUS, so that a caller can
 * `return fail(r, E_CORRUPT, "...")`. A line that finds no room is counted in `dropped`. */
enum status fail(struct report *, enum status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts one line above all lines written since MARK and indents those, so that the report reads from
 * what was tried to what went wrong. Returns STATUS. */
enum status fail_in(struct report *, size_t mark, enum status, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Writes a remark: a line that is not an error of the caller, such as a bad line of a file. */
void note(struct report *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Makes sure that REPORT_ROOM bytes are free. When fewer are, drops all lines since MARK and, if
 * that is not enough, the newest ones before it; `dropped` counts this as one line. */
#define REPORT_ROOM 3072
void report_make_room(struct report *, size_t mark);

/* Where the report ends now: the MARK that other functions take. */
static inline size_t report_mark(const struct report *r)
{
	return r->n;
}

/* The lines written since MARK, borrowed until the report changes. */
struct str report_since(const struct report *, size_t mark);

/* Drops the lines since MARK: for a caller that expected the failure. */
void report_rewind(struct report *, size_t mark);

/* Drops repeated reasons: damage that keeps many files from being read is reported once. A block is
 * a line with the lines indented below it. Each block since MARK is dropped when an earlier one,
 * also from before MARK, has the same indented lines and a first line that differs in the last word
 * at most. A line with nothing below it stays. Returns how many blocks were dropped. */
unsigned report_fold(struct report *, size_t mark);

/* STATUS in one to four words, for example "not found". Never NULL; lives for ever. */
const char *status_words(enum status);

#endif
