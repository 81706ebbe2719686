/* Running a program and reading what it prints. */
#ifndef HOST_DOCTOR_PROGRAM_H
#define HOST_DOCTOR_PROGRAM_H

#include "base/arena.h"
#include "base/status.h"

/* The most seconds that a program may take, and the most of its standard error that is kept. */
#define PROGRAM_SECONDS   30
#define PROGRAM_ERROR_MAX 1024

/* Runs ARGV, found by PATH and without a shell, with nothing on its standard input. *OUTPUT is what
 * it printed, in the arena. Fails, reported: E_NOT_FOUND when there is no such program; E_LIMIT
 * when it printed more than MOST bytes or took too long, and was killed; E_IO when it failed, with
 * the first line of its own error. */
enum status program_run(char *const argv[], size_t most, struct arena *, struct report *,
			struct str *output);

#endif
