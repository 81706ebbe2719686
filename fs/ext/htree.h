/* The hash tree of an indexed directory: from a name to the few blocks that may hold it. */
#ifndef FS_EXT_HTREE_H
#define FS_EXT_HTREE_H

#include "fs/ext/dir.h"

/* Searches NAME as ext_dir_search() does, but only in the blocks that the directory's hash tree
 * names for it. Returns OK and reports nothing, with *USABLE false, when the directory has no tree
 * that Linux would use: the caller must search all of it. What Linux refuses to read is an error,
 * reported: a wrong checksum, a block that is not there. */
enum status ext_htree_search(struct ext *, const struct ext_inode *, struct str name, bool *usable,
			     struct ext_found *);

#endif
