/* The loader's directory on the host as a volume, as guests see it. */
#ifndef HOST_DIRECTORY_H
#define HOST_DIRECTORY_H

#include "fs/volume.h"

struct tree;

/* Opens the directory PATH of the host's files; both must outlive the volume. The caller ends with
 * vol_close(). E_NO_MEMORY, reported. */
enum status directory_open(const struct tree *, const char *path, struct report *,
			   struct volume **);

#endif
