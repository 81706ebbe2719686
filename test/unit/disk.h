/* A disk in memory that counts what is asked of it, and can fail. */
#ifndef TEST_UNIT_DISK_H
#define TEST_UNIT_DISK_H

#include <stdbool.h>

#include "fs/block.h"

struct memory_disk {
	struct block block; /* first: it is our handle */
	struct report report;
	uint8_t *bytes;
	unsigned requests; /* so far; the caller may set it back to 0 */
	unsigned fail_at;  /* this request fails, counted from 1; 0: none */
	size_t largest;    /* request */
	uint64_t asked;    /* bytes, by all requests */
	uint64_t *places;  /* where the requests began, `requests` of them */
	unsigned room;
};

/* Runs COMMANDS in a shell inside a new directory, which must leave a file `image` there, takes it
 * as the disk's content and removes the directory. The tests fail when the commands do. */
struct memory_disk *disk_make(const char *commands);

void disk_free(struct memory_disk *);

/* True when no two requests since `requests` was set to 0 began at the same place. */
bool disk_reads_once(struct memory_disk *);

/* True when the report holds TEXT. */
bool disk_said(const struct memory_disk *, const char *text);

#endif
