/* What `ls` and `cat` share: the arguments IMAGE PATH, opened. */
#ifndef HOST_PATH_H
#define HOST_PATH_H

#include "fs/volume.h"

/* What the command line names; both are its own bytes. */
struct path_args {
	const char *image;
	struct str path;
};

/* Reads the arguments; --help, --version and wrong usage end the program. DOC describes the command
 * for --help. */
struct path_args path_parse(int argc, char **argv, const char *doc);

/* Opens the image and hands its volume to RUN; prints the report at the end. Returns the exit code.
 */
int path_run(const struct path_args *, enum status run(struct volume *, struct str path));

#endif
