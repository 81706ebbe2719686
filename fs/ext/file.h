/* The bytes of a file. */
#ifndef FS_EXT_FILE_H
#define FS_EXT_FILE_H

#include "fs/ext/state.h"

/* Where block AT of the file lies on the disk, and how many blocks of the file follow it there.
 * E_CORRUPT when the tree of the file is damaged, E_LIMIT, E_IO; reported. */
enum status ext_map(struct ext *, const struct ext_inode *, uint64_t at, struct run *);

/* The same for a tree of extents (extent.c), and for indirect blocks (indirect.c). */
enum status ext_map_extents(struct ext *, const struct ext_inode *, uint64_t at, struct run *);
enum status ext_map_indirect(struct ext *, const struct ext_inode *, uint64_t at, struct run *);

/* Reads BYTES bytes from OFFSET of the file; the caller has checked its size. Fails as ext_map()
 * does. */
enum status ext_file_read(struct ext *, const struct ext_inode *, uint64_t offset, void *to,
			  size_t bytes);

#endif
