/* Data that lies in the inode itself (feature inline_data). */
#ifndef FS_EXT_INLINE_H
#define FS_EXT_INLINE_H

#include "fs/ext/state.h"

/* Finds the second part of inline data in a raw inode of super.inode_size bytes, and notes
 * where it is. E_CORRUPT, reported, when the inode is damaged. */
enum status ext_inline_find(struct ext *, const uint8_t *raw, struct ext_inode *);

/* Copies BYTES bytes of inline data from byte AT on; zeros where nothing is stored.
 * Fails as ext_inode_raw() does. */
enum status ext_inline_read(struct ext *, const struct ext_inode *, uint64_t at, void *to,
			    size_t bytes);

#endif
