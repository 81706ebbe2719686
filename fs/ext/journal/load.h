/* The journal of a file system that was not unmounted is put in use. */
#ifndef FS_EXT_JOURNAL_LOAD_H
#define FS_EXT_JOURNAL_LOAD_H

#include "fs/ext/state.h"

/* When the file system was not unmounted, fills fs->map from its journal and reads the superblock
 * again. OK, with a remark, when the journal cannot be used. E_UNSUPPORTED when it lies on another
 * disk, E_CORRUPT when its superblock does not fit, E_IO, E_NO_MEMORY; reported. */
enum status ext_journal_load(struct ext *);

/* Reports how many blocks in the journal were found damaged since the last call; older copies of
 * them are used. */
void ext_journal_remark(struct ext *);

#endif
