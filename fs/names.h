/* A cache of names that were found: walking the same path again reads no directory. */
#ifndef FS_NAMES_H
#define FS_NAMES_H

#include <stdint.h>

#include "base/str.h"

#define NAME_MAX_BYTES 255
#define NAMES_SLOTS    32

struct name_slot {
	uint64_t used; /* the clock at the last use; 0: the slot is empty */
	uint64_t dir;  /* inode of the directory */
	uint64_t inode;
	uint8_t length;
	char text[NAME_MAX_BYTES];
};

/* All zero is an empty cache. */
struct names {
	struct name_slot slots[NAMES_SLOTS];
	uint64_t clock;
};

/* The inode that NAME has in the directory with inode DIR; 0 when the cache does not know. */
uint64_t names_find(struct names *, uint64_t dir, struct str name);

/* Adds a name, in place of the one that was not used for the longest. A name of more than
 * NAME_MAX_BYTES is not kept. */
void names_add(struct names *, uint64_t dir, struct str name, uint64_t inode);

#endif
