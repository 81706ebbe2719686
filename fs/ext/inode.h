/* An inode by its number. */
#ifndef FS_EXT_INODE_H
#define FS_EXT_INODE_H

#include "fs/ext/state.h"

/* Reads, checks and decodes inode NUMBER. E_CORRUPT, reported, also when no file can have
 * it; else fails as ext_inode_raw() does. */
enum status ext_inode_get(struct ext *, uint32_t number, struct ext_inode *);

/* E_UNSUPPORTED, reported, when the content of the inode is encrypted. */
enum status ext_inode_check_key(struct ext *, const struct ext_inode *);

#endif
