/* The blocks of a directory from front to back, read in large requests. */
#ifndef FS_WINDOW_H
#define FS_WINDOW_H

#include "fs/inodes.h"

/* A look-up takes less than 1 MiB, with the cache and the volume itself. */
#define WINDOW_MEMORY_MAX    (1024u * 1024)
#define WINDOW_MEMORY_OTHERS (64u * 1024)

struct window {
	struct inodes *fs;
	const struct inode *dir;
	uint64_t next, end; /* the block to be read next; how many blocks there are */
	uint32_t unit;      /* blocks that are read as one */
	uint8_t *bytes;     /* holds `filled` blocks, from number `first` on */
	size_t size;        /* of `bytes` */
	uint64_t first, filled;
};

/* Opens the directory DIR, which both must outlive, of blocks that are UNIT blocks of the file
 * system. The caller ends with window_close(). E_NO_MEMORY, reported. */
enum status window_open(struct window *, struct inodes *, const struct inode *dir, uint32_t unit);

/* The next block that is not a hole, *BYTES NULL at the end; `next` is behind it. It lives until
 * the next call. E_CORRUPT when a part of a block is missing; else fails as ops->map() and read().
 */
enum status window_next(struct window *, const uint8_t **bytes);

/* Gives the memory back. */
void window_close(struct window *);

#endif
