/* What fast commits changed.
 *
 * A fast commit holds no copies of blocks. Its records say what was done to files: an inode is now
 * this, these blocks of a file lie there, a directory has a new name or lost one. Linux does it
 * again when it mounts the disk (its fs/ext4/fast_commit.c). We do it again in memory (replay.c):
 * what comes of it is kept here, and counts more than the disk. Three places look here first:
 *
 *      ext_inode_raw()                 for the bytes of an inode
 *      ext_map()                       for the place of a file's block
 *      ext_dir_find(), ext_dir_list()  for a name
 *
 * A file system without fast commits, and that is nearly every one, has no changes, and each of
 * these places asks only that. */
#ifndef FS_EXT_CHANGES_H
#define FS_EXT_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "fs/volume.h"

/* Blocks of a file that lie elsewhere now, or nowhere. */
struct ext_moved {
	struct ext_moved *older;
	uint64_t at, count; /* blocks of the file */
	uint64_t block;     /* on the disk; 0: a hole, or never written */
};

/* A name that a directory has got or lost. Each stands in the list once. */
struct ext_renamed {
	struct ext_renamed *next;
	uint32_t inode; /* 0: the directory has it no more */
	enum file_type type;
	struct str name;
};

/* What changed of one inode. */
struct ext_change {
	struct ext_change *next;
	uint32_t inode;
	bool made;                 /* a directory that was made: none of its blocks counts */
	uint8_t *raw;              /* the inode's bytes; NULL: those of the disk count */
	uint32_t csum_seed;        /* with RAW: of the blocks of its tree, which are as they were */
	struct ext_moved *moved;   /* the newest first: it counts most */
	struct ext_renamed *names; /* of a directory */
};

#define CHANGES_LISTS 64

/* All zero is no changes. */
struct ext_changes {
	struct ext_change *lists[CHANGES_LISTS]; /* by the inode's number */
	bool any;
	struct arena arena;
};

/* The most bytes of memory that changes take. */
#define CHANGES_BYTES (64u * 1024 * 1024)

/* What changed of INODE; NULL when nothing did. */
struct ext_change *ext_change_find(const struct ext_changes *, uint32_t inode);

/* The same, but an empty change is added when there is none; NULL when there is no memory. */
struct ext_change *ext_change_add(struct ext_changes *, uint32_t inode);

/* Notes that COUNT blocks from block AT of the file on lie at BLOCK. False without memory. */
bool ext_change_move(struct ext_changes *, struct ext_change *, const struct ext_moved *);

/* What is known of NAME in a directory; NULL when the disk counts. FOLD: upper and lower case are
 * alike. *STEPS is how many names were looked at. */
struct ext_renamed *ext_change_name(const struct ext_change *, struct str name, bool fold,
				    size_t *steps);

/* Adds NAME, which is not there yet. NULL when there is no memory. */
struct ext_renamed *ext_change_add_name(struct ext_changes *, struct ext_change *, struct str name);

/* Forgets all changes and gives the memory back. */
void ext_changes_free(struct ext_changes *);

#endif
