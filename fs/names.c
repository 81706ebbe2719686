/* A cache of names that were found. */
#include "fs/names.h"

#include "base/mem.h"

uint64_t names_find(struct names *n, uint64_t dir, struct str name)
{
	for (unsigned i = 0; i < NAMES_SLOTS; i++) {
		struct name_slot *slot = &n->slots[i];

		if (slot->used == 0 || slot->dir != dir ||
		    !str_eq((struct str){slot->text, slot->length}, name))
			continue;
		slot->used = ++n->clock;
		return slot->inode;
	}
	return 0;
}

void names_add(struct names *n, uint64_t dir, struct str name, uint64_t inode)
{
	struct name_slot *oldest = &n->slots[0];

	if (name.n > NAME_MAX_BYTES || names_find(n, dir, name) != 0)
		return;
	for (unsigned i = 1; i < NAMES_SLOTS; i++) {
		if (n->slots[i].used < oldest->used)
			oldest = &n->slots[i];
	}
	oldest->used = ++n->clock;
	oldest->dir = dir;
	oldest->inode = inode;
	oldest->length = (uint8_t)name.n;
	memcpy(oldest->text, name.p, name.n);
}
