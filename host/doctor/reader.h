/* Who may read what: whether QEMU's user can read a file of the host. */
#ifndef HOST_DOCTOR_READER_H
#define HOST_DOCTOR_READER_H

#include "base/arena.h"
#include "host/tree.h"

#define READER_GROUPS 64

/* A user of the host. */
struct reader {
	const struct tree *tree;
	const char *name;
	uid_t uid;
	gid_t groups[READER_GROUPS];
	unsigned groups_count;
};

/* Finds the user NAME, or the one with that number if it is "+NUMBER" or digits, in the host's
 * /etc/passwd and /etc/group. False when there is none. NAME must outlive the reader. */
bool reader_find(const struct tree *, const char *name, struct reader *);

/* True when the user has all of the rights WANTED on PLACE: R_OK, X_OK and the like. Owner, groups
 * and POSIX ACLs count. */
bool reader_may(const struct reader *, const struct host_file *, int wanted);

/* Walks PATH as that user. Returns 0 or an errno, as tree_walk() does; EACCES when a directory on
 * the way cannot be entered: then *PLACE is that. What the path leads to need not be readable. */
int reader_walk(const struct reader *, const char *path, struct host_file *);

#endif
