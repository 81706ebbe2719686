/* What `ls` and `cat` share: the arguments IMAGE PATH, and the exit code at the end. */
#ifndef HOST_PATH_H
#define HOST_PATH_H

#include "fs/volume.h"

/* The arguments. They point into argv. */
struct path_args {
	const char *image;
	const char *format; /* of the image: what --format says, or NULL */
	struct str path;
};

/* Reads the arguments. --help, --version and wrong usage end the program. DOC is the text of
 * --help. */
struct path_args path_parse(int argc, char **argv, const char *doc);

/* Opens the image, calls RUN with its volume and the path, and prints the report. Returns the exit
 * code. */
int path_run(const struct path_args *, enum status run(struct volume *, struct str path));

#endif
