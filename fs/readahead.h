/* Reads of any bytes, made of what a device can do: whole sectors, into aligned memory.
 *
 * A small read brings what lies behind it. A request costs the same whatever its size, and the
 * small things of a file system lie close together. A small read may also be the end of a file; the
 * bytes behind it then belong to another file, so there is a limit for each device. */
#ifndef FS_READAHEAD_H
#define FS_READAHEAD_H

#include "fs/block.h"

/* A device of sectors. The implementation fills in all but `ahead`. */
struct sectors {
	struct block
		block; /* first: it is our handle. Its `read` is readahead_read, its `sector` set */
	/* Reads BYTES bytes, a multiple of the sector, from the SECTORth on into TO, which is
	 * aligned. */
	enum status (*request)(struct sectors *, uint64_t sector, void *to, size_t bytes);
	uint32_t align; /* of memory, in bytes; a power of two, at most 4096 */
	unsigned ahead; /* how often something was read ahead */
};

/* block.read of such a device. */
enum status readahead_read(struct block *, uint64_t offset, void *to, size_t bytes);

/* Forgets what was read ahead of all devices: one may come to lie where another was. */
void readahead_forget(void);

/* Gives back the buffer that all devices share. It is taken again when it is needed. */
void readahead_free(void);

#endif
