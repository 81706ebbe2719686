/* A directory, read from front to back in large requests. */
#ifndef FS_EXT_DIR_H
#define FS_EXT_DIR_H

#include "fs/ext/impl.h"

struct ext_dirent {
	uint32_t inode; /* 0: the directory has ended */
	enum file_type type;
	struct str name; /* lives until the next call */
};

/* Where we are in a directory. One is open only as long as one listing or look-up lasts. */
struct ext_dir {
	struct ext *fs;
	const struct ext_inode *inode;
	uint64_t next, end; /* blocks of the directory: to be read next, and its size */
	uint8_t *window;    /* blocks first.. of the directory, `filled` of them */
	size_t window_size;
	uint64_t first;
	uint64_t filled;
	const uint8_t *part; /* the block, or the half of inline data, that is being read */
	size_t part_size, at;
};

/* Opens the directory; ext_dir_close() ends it. E_WRONG_TYPE, reported without a path, when it is
 * none. Takes at most DIR_WINDOW_MAX bytes. */
enum status ext_dir_open(struct ext *, const struct ext_inode *, struct ext_dir *);

/* The next name in use, "." and ".." among them. Names never hold '/' or NUL. */
enum status ext_dir_next(struct ext_dir *, struct ext_dirent *);

void ext_dir_close(struct ext_dir *);

/* What a search has found so far. All zero is nothing. */
struct ext_found {
	uint32_t exact;  /* the inode of the name itself */
	uint32_t folded; /* of the first that a directory with casefold takes for the same */
};

/* Searches on in an open directory, until NAME itself is found or the directory ends. */
enum status ext_dir_search(struct ext_dir *, struct str name, struct ext_found *);

/* fold.c: the names differ in nothing but upper and lower case. False when either is no UTF-8:
 * such a name is only ever itself. */
bool ext_fold_equal(struct str, struct str);

/* Opens the one block BYTES, block AT of the directory, as a directory; nothing is to be closed. */
struct ext_dir ext_dir_of_block(struct ext *, const struct ext_inode *, uint64_t at,
				const uint8_t *bytes);

/* lookup.c: the inode of NAME in a directory, 0 when there is none. */
enum status ext_dir_find(struct ext *, const struct ext_inode *, struct str name, uint32_t *inode);

#endif
