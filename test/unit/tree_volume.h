/* Volumes that are written down as text: a tree of files in one file. */
#ifndef TEST_UNIT_TREE_VOLUME_H
#define TEST_UNIT_TREE_VOLUME_H

#include "config/config.h"

#define TREES_MAX 8

/* The inode of the first file, from which the others count on, and the time when all of them
 * changed. 0, 0 at first: no inodes. */
extern uint64_t tree_inode;
extern int64_t tree_changed;

/* The disks of one machine. */
struct trees {
	struct volume *volume[TREES_MAX];
	struct place place[TREES_MAX];
	struct places places;
	void *files;
};

/* Makes the volumes that TEXT, which is changed and outlives them, describes:
 *
 *     ==> /a/file
 *     its content; without any it is 4096 bytes that begin as an initrd does
 *     ==> /a/file (empty)
 *     ==> /a/link -> target
 *     === 1 2 UUID LABEL
 *
 * The last line begins another volume: partition 2 of disk 1, from 0, by that UUID. What stands
 * before the first such line is on the whole disk 0 and has no UUID. The tests fail when the text
 * cannot be understood. */
void trees_make(struct trees *, char *text, struct report *);

void trees_free(struct trees *);

#endif
