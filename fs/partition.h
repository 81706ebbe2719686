/* Partition tables: a disk's partitions as devices of their own. */
#ifndef FS_PARTITION_H
#define FS_PARTITION_H

#include "fs/block.h"

/* The most partitions that one disk shows. */
#define PARTITIONS_MAX 128

/* A window on a disk. */
struct partition {
	struct block
		block; /* first: it is our handle; its name is empty until the caller sets it */
	struct block *disk;
	uint64_t start;  /* bytes */
	unsigned number; /* from 1, as Linux counts them: logical ones of an MBR from 5 */
};

/* Reads the GPT or MBR of DISK, which must outlive the partitions, into LIST, which has room for
 * PARTITIONS_MAX, in the order of their numbers; *COUNT > 0. Sectors have 512 bytes, or with GPT
 * also 4096. When the first GPT is damaged its copy at the end of the disk is used, and noted; what
 * lies beyond the disk is noted and left out. E_NOT_FOUND, without a word, when there is no table
 * or it is empty; E_CORRUPT, reported, when there is one that cannot be used; E_IO. */
enum status partitions_read(struct block *disk, struct partition *list, unsigned *count);

#endif
