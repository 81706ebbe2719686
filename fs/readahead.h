/* Reads any range of bytes from a device that can read only whole sectors, into aligned memory.
 *
 * A request costs a virtual machine much the same whether it is for 512 bytes or for 128 KiB, and
 * the small structures of a file system (descriptors, inodes, directories) lie close together. So a
 * small read, of 4 KiB at most, also fetches what lies behind it, into a part of a buffer that all
 * devices share. The small reads that follow are mostly copied from there and cost no request:
 *
 *      first read    |====|
 *      request     |......................................|   whole sectors, 128 or 16 KiB
 *      next reads             |==|   |====|  |=|              copied
 *
 * What lies behind a small read is not always wanted soon: it may be the end of a file, or one
 * block of a long walk through a journal. So read-ahead is capped: for each device 4 times 128 KiB,
 * then 20 times 16 KiB.
 *
 * A larger read goes straight to the caller's memory where the range and that memory are aligned.
 * Where they are not, whole sectors go through the buffer, so that no byte outside of the range
 * touches the caller's memory: up to 128 KiB from a ragged beginning on, and a ragged end.
 *
 *      sectors     |       |       |       |       |       |       |
 *      wanted         |====|=======|=======|=======|=======|==|
 *      by way of   |    buffer     |   straight            | buffer|
 */
#ifndef FS_READAHEAD_H
#define FS_READAHEAD_H

#include "fs/block.h"

/* A device that reads whole sectors. The implementation sets block.read to readahead_read, and
 * block.sector, which must not be 0. `ahead` is 0 at first. */
struct sectors {
	struct block block; /* first: it is our handle */
	/* Reads BYTES bytes, a multiple of block.sector, from sector number SECTOR on into TO,
	 * which is aligned to `align`. */
	enum status (*request)(struct sectors *, uint64_t sector, void *to, size_t bytes);
	uint32_t align; /* of memory, in bytes; a power of two, at most 4096 */
	unsigned ahead; /* how many times this device has read ahead */
};

/* The `block.read` of such a device. E_IO, or what `request` returns; E_NO_MEMORY when there is
 * none for the buffer and the range is ragged. Both are reported. */
enum status readahead_read(struct block *, uint64_t offset, void *to, size_t bytes);

/* Forgets what was read ahead, of every device. Call it before the memory of one `struct sectors`
 * is used for another: the buffer knows devices by their address. */
void readahead_forget(void);

/* Gives back the buffer, 1 MiB. The next read that needs it allocates it anew. */
void readahead_free(void);

#endif
