/* What happened, in lines for machines to read: docs/log.md. */
#ifndef LOADER_LOG_H
#define LOADER_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/str.h"
#include "config/settings.h"

/* The most bytes of a line, and of one text in it. What is longer is cut. */
#define LOG_LINE 2048
#define LOG_TEXT 400

/* A clock, and where lines are written. */
struct log_out {
	uint64_t (*ticks)(void); /* the moment now */
	uint64_t (*us)(uint64_t ticks);
	/* Writes LINE, which has no '\n', to LOG_CONSOLE or LOG_DEBUGCON. */
	void (*write)(enum log_target, struct str line);
};

/* Starts the log; its times count from this call. Without it nothing is logged. The first HELD_MAX
 * lines are held until log_open(). */
#define HELD_MAX 8
void log_start(const struct log_out *);

/* Sends the lines to TARGET: first one about the loader, then the held ones. LOG_DEFAULT and
 * LOG_OFF write no lines, but with LOG_DEFAULT log_last() returns the errors. Later calls change
 * nothing. */
void log_open(enum log_target);

/* Drops the errors collected so far, because discovery starts over: log_last() returns only those
 * that follow. */
void log_forget(void);

/* One step of the boot, while it runs: in memory of the function that does it, which begins and
 * ends it. A step may lie inside another; what it takes then counts for both. */
struct log_step {
	const char *name;
	const struct report *report;
	size_t mark;              /* of the report, when the step began; the caller may use it */
	uint64_t begin;           /* ticks since log_start() */
	uint64_t requests, bytes; /* that were read before the step began */
	struct log_step *outer;
};

/* Begins STEP inside the current one. Its NAME is one of those that docs/log.md lists, and begins
 * the code of every error until log_step_end(). REPORT is where its failure is told. */
void log_step(struct log_step *step, const char *name, const struct report *);

/* Goes on with a step that has ended, because the work comes in parts. It counts from where it
 * first began. */
void log_step_again(struct log_step *);

/* Ends the step, and all steps inside it: the one around it is the current one again. If STATUS is
 * not OK, writes an error with what the report got since the step began. Returns STATUS. */
enum status log_step_end(struct log_step *, enum status);

/* Counts one request to a disk, for BYTES bytes. */
void log_request(size_t bytes);

/* log_done() begins the line of the current step, with its time and requests; log_line() begins a
 * line with WORD. Both return false when no line is wanted. Otherwise the caller adds keys with
 * log_text(), log_word() and log_number(), and finishes the line with log_end(). Text from a guest
 * goes through log_text() only, which quotes it. */
bool log_done(void);
bool log_line(const char *word);
void log_text(const char *key, struct str);
void log_word(const char *key, const char *word);
void log_number(const char *key, uint64_t);
void log_end(void);

/* Writes a line: something failed with STATUS in the current step; SAYS are the report's lines
 * about it. */
void log_error(enum status, struct str says);

/* The last lines for the console when nothing is left to try: one for each error, and one with the
 * code of the last. "" when there was no error. Lives for ever. */
struct str log_last(void);

#endif
