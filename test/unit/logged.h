/* The log of the tests, on the clock of test/unit/console.h. */
#ifndef TEST_UNIT_LOGGED_H
#define TEST_UNIT_LOGGED_H

/* Starts the log. It writes nothing before log_open(). */
void logged_start(void);

/* What was written since then: lines, NUL-terminated. */
extern char logged[65536];

/* The words of the lines, and the codes of errors in place of theirs, one blank between them. Lives
 * until the next call. */
const char *logged_words(void);

/* The `took` of all lines together, in microseconds. */
unsigned long logged_us(void);

#endif
