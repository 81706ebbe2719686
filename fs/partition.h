/* Partition tables: the partitions of a disk as block devices. */
#ifndef FS_PARTITION_H
#define FS_PARTITION_H

#include "fs/block.h"

/* The most partitions of one disk that are read. */
#define PARTITIONS_MAX 128

/* A part of a disk, as a block device. */
struct partition {
	struct block
		block; /* first: it is our handle; its name is empty until the caller sets it */
	struct block *disk;
	uint64_t start;  /* bytes */
	unsigned number; /* as Linux counts: from 1, the logical ones of an MBR from 5 */
};

/* Reads the GPT or MBR of DISK, which must outlive the partitions. Fills LIST, which has room for
 * PARTITIONS_MAX, in the order of the numbers; *COUNT > 0. Sectors have 512 bytes, with GPT also
 * 4096. When the first GPT is damaged, its copy at the end of the disk is used, with a remark; a
 * partition that lies beyond the disk is left out, with a remark. E_NOT_FOUND, not reported, when
 * there is no table or it is empty; E_CORRUPT, reported, when the table cannot be used; E_IO. */
enum status partitions_read(struct block *disk, struct partition *list, unsigned *count);

#endif
