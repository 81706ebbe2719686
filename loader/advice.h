/* What a person should do first where nothing boots. */
#ifndef LOADER_ADVICE_H
#define LOADER_ADVICE_H

#include "loader/loader.h"

/* What to do, by the disk that came nearest to a boot, in one sentence without its end; "" where
 * what was told before says it. Lives in l->arena. Reads a few blocks: /etc/fstab of the file
 * systems without a boot file, and the beginning of the devices without a file system of ours.
 * Reports nothing. */
struct str advice(struct loader *);

/* The entries of the disk boot only when a person says so: the host names another. */
bool advice_waiting(const struct disk *);

/* There is such a disk. */
bool advice_waits(const struct loader *);

#endif
