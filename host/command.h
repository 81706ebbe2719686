/* The commands of `partless`, and what they share. */
#ifndef HOST_COMMAND_H
#define HOST_COMMAND_H

#include "base/status.h"

struct volume;

/* Exit codes: the answer is yes; it is no, or the file is not there; we could not tell: wrong
 * usage, an image that cannot be read. */
#define EXIT_YES   0
#define EXIT_NO    1
#define EXIT_ERROR 2

/* Each takes its own arguments with argv[0] the command's name, and returns an exit code. */
int ls_main(int argc, char **argv);
int cat_main(int argc, char **argv);
int entries_main(int argc, char **argv);
int check_main(int argc, char **argv);

/* Writes out what was printed so far; the end of the program tells when that fails, and why. */
void output_flush(void);

/* Prints every line of the report on standard error, each behind "partless: ". */
void report_print(const struct report *);

#endif
