/* What committed transactions change. */
#ifndef FS_XFS_LOG_ITEMS_H
#define FS_XFS_LOG_ITEMS_H

#include "fs/xfs/log/transactions.h"

struct cancel;

#define CANCEL_LISTS  256
#define CANCEL_MEMORY ((size_t)16 << 20)

struct replay {
	struct xfs *fs;
	struct arena arena;
	struct cancel *cancels[CANCEL_LISTS]; /* by a hash of their place */
	uint64_t lsn;                         /* of the transaction */
};

/* The two passes over all committed transactions, of type commit_fn; the context is a struct replay
 * that has its `fs` and was zeroed for the first. The second fills fs->changes and fs->unfinished.
 * The caller frees the arena. */
const char *replay_find_cancels(void *replay, struct regions);
const char *replay_apply(void *replay, struct regions);

#endif
