/* What happened, in lines for machines to read: docs/log.md. */
#ifndef LOADER_LOG_H
#define LOADER_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/str.h"
#include "config/settings.h"

/* The longest line, and of one text in it, in bytes; what is longer is cut. */
#define LOG_LINE 2048
#define LOG_TEXT 400

/* Whoever has a clock and somewhere to write to. */
struct log_out {
	uint64_t (*ticks)(void); /* the moment now */
	uint64_t (*us)(uint64_t ticks);
	/* Writes LINE, which has no '\n', to LOG_CONSOLE or LOG_DEBUGCON. */
	void (*write)(enum log_target, struct str line);
};

/* Begins: now is the moment 0. Without this call nothing is ever logged. Lines, HELD_MAX of them,
 * are held until log_open(). */
#define HELD_MAX 8
void log_start(const struct log_out *);

/* The lines go to TARGET, one about ourselves and those that were held first. With LOG_DEFAULT and
 * LOG_OFF there are none; log_last() has its lines with LOG_DEFAULT too. Once it is open it stays
 * as it is. */
void log_open(enum log_target);

/* All is looked at once more: the errors until now are none of log_last(). */
void log_forget(void);

/* A step begins: time and requests are counted from here, and if it fails, the error's code begins
 * with NAME, a word that stays. */
void log_step(const char *name);

/* BYTES were asked of a disk in one request. */
void log_request(size_t bytes);

/* Each begins a line: that the step has been done, or what is told by WORD alone. False when nobody
 * asked for it; else what belongs to it follows by log_text(), log_word() and log_number(), and
 * log_end() ends it. Nothing that a guest wrote reaches a line but as the text of log_text(), which
 * is quoted. */
bool log_done(void);
bool log_line(const char *word);
void log_text(const char *key, struct str);
void log_word(const char *key, const char *word);
void log_number(const char *key, uint64_t);
void log_end(void);

/* One line: the step failed, with STATUS and these lines of the report. */
void log_error(enum status, struct str says);

/* Nothing is left to try: the last lines on the console, one for each error and one with the code
 * of the last; "" when there was none. Stays. */
struct str log_last(void);

#endif
