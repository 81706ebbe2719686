/* Fast commits, done again in memory. */
#ifndef FS_EXT_REPLAY_H
#define FS_EXT_REPLAY_H

#include "fs/ext/journal/jbd2.h"
#include "fs/ext/state.h"

/* Does again what RECORDS say: fills fs->changes, as Linux would change the disk. The log must be
 * in use already. E_CORRUPT when Linux would refuse to mount the disk, E_IO, E_NO_MEMORY, E_LIMIT;
 * reported. The caller frees fs->changes then. */
enum status ext_replay(struct ext *, const struct fast_records *);

#endif
