/* The names that were found lately, so that the same path again costs no reading of directories. */
#ifndef FS_EXT_NAMES_H
#define FS_EXT_NAMES_H

#include <stdint.h>

#include "base/str.h"

#define NAME_MAX_BYTES 255
#define NAMES_SLOTS    32

struct name_slot {
	uint64_t used; /* when; 0: the slot is empty */
	uint32_t dir;
	uint32_t inode;
	uint8_t length;
	char text[NAME_MAX_BYTES];
};

/* All zero remembers nothing. */
struct names {
	struct name_slot slots[NAMES_SLOTS];
	uint64_t clock;
};

/* The inode that NAME has in the directory DIR, or 0 when it is not remembered. */
uint32_t names_find(struct names *, uint32_t dir, struct str name);

/* Remembers it, in the place of the name that was not asked for the longest. */
void names_add(struct names *, uint32_t dir, struct str name, uint32_t inode);

#endif
