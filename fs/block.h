/* The block device: the one gate through which every byte of a disk comes. There is no write. */
#ifndef FS_BLOCK_H
#define FS_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/str.h"

/* A disk, a partition or an image file. Filled in by whoever implements it. */
struct block {
	/* Reads BYTES bytes from OFFSET. block_read() has checked the range: 0 < BYTES, and all of
	 * it lies below `size`. Neither need be a multiple of the device's sector: the
	 * implementation sees to that, and to the largest request the device takes. */
	enum status (*read)(struct block *, uint64_t offset, void *to, size_t bytes);
	uint64_t size;         /* bytes */
	struct str name;       /* for people: "virtio disk 1", "guest.img" */
	struct report *report; /* where failures are told; outlives the device */
	uint32_t sector;       /* bytes: the least that the guest's kernel reads; 0: not known */
};

/* Whoever wants to know how a large read gets on. */
struct block_watch {
	size_t (*next)(size_t left); /* how many of LEFT bytes to read in one go, 1 at least */
	void (*done)(size_t bytes);  /* so many were read */
};

/* All reads are cut into pieces and told as WATCH, borrowed, has it, until the next call; NULL: as
 * they come. A piece must be a multiple of any device's sector, unless it is all that is left. */
void block_watch(const struct block_watch *);

/* For a reader that reads by other means than a block device: the same of its pieces. */
size_t block_watch_next(size_t left);
void block_watch_done(size_t bytes);

/* Reads BYTES bytes from OFFSET into TO. E_IO when the device fails; E_CORRUPT when the range does
 * not lie inside the device, and then nothing is read. Either is reported. 0 bytes are OK. */
enum status block_read(struct block *, uint64_t offset, void *to, size_t bytes);

#endif
