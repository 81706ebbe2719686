/* What a person should do first when nothing boots. */
#ifndef LOADER_ADVICE_H
#define LOADER_ADVICE_H

#include "loader/loader.h"

/* What to do about the disk that came nearest to a boot: one sentence without its full stop; ""
 * when the report says it already. Lives in l->arena. Reads a few blocks: /etc/fstab of the file
 * systems without a boot file, and the beginning of the devices without a file system that we read.
 * Reports nothing. */
struct str advice(struct loader *);

/* True when a person must start the disk's entries, because the host names another disk. Valid when
 * nothing boots by itself. */
bool advice_waiting(const struct disk *);

/* True when there is such a disk. */
bool advice_waits(const struct loader *);

#endif
