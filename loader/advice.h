/* What a person should do first where nothing boots. */
#ifndef LOADER_ADVICE_H
#define LOADER_ADVICE_H

#include "loader/loader.h"

/* What to do about the disk that came nearest to a boot: one sentence without its full stop; ""
 * where the report already says it. Lives in l->arena. Reads a few blocks: /etc/fstab of the file
 * systems without a boot file, and the beginning of the devices without a file system of ours.
 * Reports nothing. */
struct str advice(struct loader *);

/* True when the disk's entries boot only when a person starts them, for the host names another
 * disk.
 */
bool advice_waiting(const struct disk *);

/* True when there is such a disk. */
bool advice_waits(const struct loader *);

#endif
