/* A block device: the one gate through which every byte of a disk comes. There is no write. */
#ifndef FS_BLOCK_H
#define FS_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/str.h"

/* A disk, a partition or an image file. Each kind fills this in, at the head of a struct of its
 * own. */
struct block {
	/* Reads BYTES bytes from OFFSET into TO. block_read() has checked that 0 < BYTES and that
	 * the range lies below `size`. OFFSET and BYTES need not be multiples of the sector, and
	 * BYTES may exceed the largest request of the device: the implementation splits it. */
	enum status (*read)(struct block *, uint64_t offset, void *to, size_t bytes);
	uint64_t size;         /* bytes */
	struct str name;       /* for people: "virtio disk 1", "guest.img" */
	struct report *report; /* for failures; outlives the device */
	uint32_t sector;       /* bytes: the smallest read of the guest's kernel; 0: not known */
};

/* Watches how large reads get on, to show it to a person. */
struct block_watch {
	size_t (*next)(size_t left); /* how many of LEFT bytes to read next, 1 at least */
	void (*done)(size_t bytes);  /* so many were read, by one request or several */
};

/* From now on cuts every read into pieces of WATCH->next() bytes and calls WATCH->done() after
 * each. WATCH is borrowed until the next call; NULL ends it. A piece must be a multiple of the
 * sector of every device, unless it is all that is left. */
void block_watch(const struct block_watch *);

/* For a reader that does not read through block_read(): what the watch's next() answers, LEFT when
 * nobody watches; and a call of its done(). */
size_t block_watch_next(size_t left);
void block_watch_done(size_t bytes);

/* Reads BYTES bytes from OFFSET into TO. E_IO when the device fails; E_CORRUPT when the range does
 * not lie inside the device, and then nothing is read. Either is reported. 0 bytes are OK. */
enum status block_read(struct block *, uint64_t offset, void *to, size_t bytes);

#endif
