/* An inode as its bytes lie in its group's table. */
#ifndef FS_EXT_INODE_TABLE_H
#define FS_EXT_INODE_TABLE_H

#include "fs/ext/state.h"

/* The super.inode_size bytes of inode NUMBER > 0. They live until the next call of
 * inodes_cached(). E_CORRUPT when its group is damaged, E_IO, E_LIMIT; reported. */
enum status ext_inode_raw(struct ext *, uint32_t number, const uint8_t **raw);

#endif
