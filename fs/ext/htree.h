/* The hash tree of an indexed directory: from a name to the few blocks that may hold it. */
#ifndef FS_EXT_HTREE_H
#define FS_EXT_HTREE_H

#include "fs/ext/dir.h"

/* Searches NAME as ext_dir_search() does, but only in the blocks that the directory's hash tree
 * names for it. *USABLE becomes false, with OK and nothing in the report, where there is no tree,
 * or none that Linux would use: then the whole directory must be searched. What Linux refuses to
 * read is an error: a wrong checksum, a block that is not there. */
enum status ext_htree_search(struct ext *, const struct ext_inode *, struct str name, bool *usable,
			     struct ext_found *);

#endif
