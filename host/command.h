/* The commands of `partless`, and what they share. */
#ifndef HOST_COMMAND_H
#define HOST_COMMAND_H

#include <stdio.h>

#include "base/status.h"
#include "base/str.h"

struct volume;

/* Exit codes. YES and NO are the answer; a file that is not there is a NO. ERROR: there is no
 * answer, because of wrong usage or of an image that cannot be read. */
#define EXIT_YES   0
#define EXIT_NO    1
#define EXIT_ERROR 2

/* The commands. ARGV[0] is the command's name, the rest are its arguments. Each returns an exit
 * code. */
int ls_main(int argc, char **argv);
int cat_main(int argc, char **argv);
int entries_main(int argc, char **argv);
int check_main(int argc, char **argv);
int doctor_main(int argc, char **argv);
int log_main(int argc, char **argv);
int measure_main(int argc, char **argv);

/* Flushes standard output. If that fails, main() says so, and why, when the command has ended. */
void output_flush(void);

/* Prints LINES, each with BEFORE in front. */
void print_lines(FILE *, struct str lines, const char *before);

/* Prints the lines of the report in the same way, and how many were dropped for want of room. */
void print_report(const struct report *, FILE *, const char *before);

#endif
