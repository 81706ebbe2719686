/* A volume that is used in every way, on a disk that fails and without memory. */
#ifndef TEST_UNIT_USED_VOLUME_H
#define TEST_UNIT_USED_VOLUME_H

#include "fs/volume.h"
#include "test/unit/disk.h"

/* A disk with a directory /d of so many NAMES: a file f of 30,000 bytes is one, and the symlink at
 * the path LINK, which leads to a file. */
struct used_disk {
	const char *commands; /* for disk_make() */
	struct str link;
	unsigned names;
};

/* Opens the disk, which must have a file system that we read, and sets `requests` to 0. */
struct volume *open_disk(struct memory_disk *);

/* A dir_fn that counts: the context is an unsigned. */
enum status count_name(void *context, struct str name, enum file_type);

/* Asserts that each request of many, more than LEAST, may fail, and that a report and no leak is
 * what remains. */
void any_read_may_fail(const struct used_disk *, unsigned least);

/* The same of each piece of memory. */
void any_allocation_may_fail(const struct used_disk *);

#endif
