/* A directory, read from front to back in large requests. */
#ifndef FS_EXT_DIR_H
#define FS_EXT_DIR_H

#include "fs/ext/state.h"
#include "fs/window.h"

struct ext_dirent {
	uint32_t inode; /* 0: the directory has ended */
	enum file_type type;
	struct str name; /* lives until the next call */
};

/* An open directory. It is open only as long as one listing or look-up lasts. */
struct ext_dir {
	struct ext *fs;
	const struct ext_inode *inode;
	struct window window; /* holds the blocks, or all inline data: two parts */
	const uint8_t *part;  /* the block, or the half of inline data, that is being read */
	size_t part_size, at;
};

/* Opens the directory INODE, which both must outlive; the caller ends with ext_dir_close(). Takes
 * less than 1 MiB of memory. E_UNSUPPORTED if it is encrypted, E_CORRUPT, E_NO_MEMORY; reported. */
enum status ext_dir_open(struct ext *, const struct ext_inode *, struct ext_dir *);

/* The next name in use, "." and ".." among them; inode 0 at the end. Names never hold '/' or NUL.
 * E_CORRUPT, reported, when the directory is damaged. */
enum status ext_dir_next(struct ext_dir *, struct ext_dirent *);

/* Gives back the memory of ext_dir_open(). */
void ext_dir_close(struct ext_dir *);

/* What a search has found so far. All zero is nothing. */
struct ext_found {
	uint32_t exact;  /* the inode of the name itself; 0: not found */
	uint32_t folded; /* with casefold: of the first name that differs in case only */
};

/* Searches the rest of an open directory, until NAME itself is found or the directory ends. */
enum status ext_dir_search(struct ext_dir *, struct str name, struct ext_found *);

/* Opens BYTES, which are block AT of the directory, as a directory of this one block. BYTES are
 * borrowed; there is nothing to close. */
struct ext_dir ext_dir_of_block(struct ext *, const struct ext_inode *, uint64_t at,
				const uint8_t *bytes);

/* lookup.c: the number of the inode that NAME has in a directory; 0 when it is not there. */
enum status ext_dir_find(struct ext *, const struct ext_inode *, struct str name, uint32_t *inode);

/* lookup.c: calls FN for each name of a directory, as vol_list() says. */
enum status ext_dir_list(struct ext *, const struct ext_inode *, dir_fn *, void *context);

#endif
