/* The transactions of the log. */
#ifndef FS_XFS_LOG_TRANSACTIONS_H
#define FS_XFS_LOG_TRANSACTIONS_H

#include "fs/xfs/log/record.h"

/* A string of bytes in a transaction. */
struct region {
	const uint8_t *p;
	size_t n;
};

/* The regions of a transaction that are not read yet. */
struct regions {
	const uint8_t *at, *end;
	uint64_t lsn; /* of the record in which the transaction starts */
};

/* Takes the next region. False at the end. */
bool regions_next(struct regions *, struct region *);

/* What is called with the regions of each transaction that was committed. Returns why it cannot be
 * used, in words; NULL when it can. */
typedef const char *commit_fn(void *context, struct regions);

/* Calls FN for each committed transaction from log.tail to log.head, in the order of their commits.
 * *FAULT says what is wrong with the record at block *AT, or with a transaction that ends in it;
 * NULL when all were read. E_IO, E_NO_MEMORY, E_LIMIT; reported. */
enum status log_walk(struct log *, commit_fn *fn, void *context, const char **fault, uint32_t *at);

#endif
