/* The platform of the tests: it starts nothing, and remembers. */
#ifndef TEST_UNIT_PLATFORM_H
#define TEST_UNIT_PLATFORM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "fs/block.h"

struct loader;

extern unsigned platform_waits; /* calls of platform_wait() */
extern char platform_resets[];  /* a letter for each platform_reset(): 'r', or 'o' for off */

/* What platform_start() answers, call by call; the last for ever. */
extern const enum status *platform_answers;
extern unsigned platform_answers_count;

/* The titles and options of what was started, as "title: options\n". */
extern char platform_started[1024];

/* What platform_set() answers when it cannot set, else OK; whether platform_remembers() is false;
 * what platform_describe() says of the two last facts; and the names that were set, as "NAME ",
 * with '-' before one that was deleted and '+' before one that outlives a reset. platform_script()
 * leaves variables alone. */
extern enum status platform_memory;
extern bool platform_forgets, platform_confidential, platform_secure;
extern char platform_variables[512];
extern unsigned platform_gets; /* calls of platform_get() */

/* What platform_measures() says; what was measured, as lines "what pcr tag>into: data"; and what
 * platform_measure() answers. */
extern unsigned platform_measuring;
extern char platform_measured[2048];
extern enum status platform_measure_answer;

/* Deletes all variables, and begins those two anew. */
void platform_forget_all(void);

/* The machine: what platform_connect() was asked for, a letter for each: 's'torage, 'l'uns, 'u'sb;
 * the disks that are there from each on, which outlive the loader, NULL behind the last; and what
 * the host says, NULL: nothing. */
#define PLATFORM_CONNECT_MS 100 /* that it takes, each time */
extern char platform_reached[];
extern struct block *platform_disks[3][4];
extern enum status (*platform_host)(struct loader *);

/* Begins anew: nothing was started, and N answers, borrowed. */
void platform_script(const enum status *answers, unsigned n);

/* For a test's teardown: frees the loader, and asserts that no memory is in use. Returns 0. */
int platform_free(struct loader *);

#endif
