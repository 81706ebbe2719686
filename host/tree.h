/* The host's files: all paths begin at a directory that stands in for "/". */
#ifndef HOST_TREE_H
#define HOST_TREE_H

#include <stdio.h>
#include <sys/stat.h>

#include "base/str.h"

/* The longest path, and the most symlinks on one. */
#define TREE_PATH_MAX 4096
#define TREE_LINKS    40

/* Where the files lie: "" for the machine's own. */
struct tree {
	const char *root;
};

/* A path as the host's programs see it, without symlinks, and where it lies below the root. */
struct host_file {
	char real[TREE_PATH_MAX];
	char file[2 * TREE_PATH_MAX];
	struct stat st;
};

/* Called for each directory on the way, and for what the path leads to. PLACE lives until the call
 * returns. False ends the walk. */
typedef bool tree_visit(void *context, const struct host_file *);

/* Follows PATH and its symlinks; a symlink that is absolute begins at the root. Calls VISIT, unless
 * that is NULL, with CONTEXT. Returns 0 or an errno: that of lstat(), ELOOP, ENAMETOOLONG, or
 * ECANCELED when VISIT ended the walk. *PLACE is what it reached, also then, or what is missing. */
int tree_walk(const struct tree *, const char *path, tree_visit *visit, void *context,
	      struct host_file *);

/* Opens the file PATH; NULL, with errno, when that fails. */
FILE *tree_open(const struct tree *, const char *path);

/* Reads the file PATH, at most MOST bytes of it, into the arena, with a NUL behind it that is not
 * counted. False, with errno, when that fails. */
bool tree_read(const struct tree *, const char *path, size_t most, struct arena *, struct str *);

#endif
