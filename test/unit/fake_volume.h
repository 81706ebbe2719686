/* A volume that is a table: what the tests say is on the disk. */
#ifndef TEST_UNIT_FAKE_VOLUME_H
#define TEST_UNIT_FAKE_VOLUME_H

#include "fs/volume.h"

struct fake_file {
	const char *path; /* a shell glob */
	enum file_type type;
	const void *data; /* SIZE bytes; NULL: they are all zero */
	uint64_t size;
	enum status fails; /* what every access answers, when not OK */
};

/* Opens a volume that holds FILES, N of them; the first whose path matches counts. What no pattern
 * matches is not there. The table and REPORT outlive the volume. */
struct volume *fake_volume(const struct fake_file *files, size_t n, struct report *report);

#endif
