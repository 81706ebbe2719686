/* Why nothing boots: what was looked for on which disk, what it came to, and what to do. */
#ifndef LOADER_EXPLAIN_H
#define LOADER_EXPLAIN_H

#include "loader/loader.h"

/* At most so many disks of a kind, and remarks about disks, are named one by one. */
#define EXPLAIN_DISKS   8
#define EXPLAIN_REMARKS 16

/* Why no entry boots by itself: lines for a person that follow l->report. They tell of the disks
 * without a file system that we read (l->remarks), of each boot file, of the places where none is,
 * and what to do. They live in l->arena and hold no control characters; there are fewer when memory
 * is used up. */
struct str explain_nothing(struct loader *);

/* True when some disk has a boot file at PLACE. */
bool explain_found(const struct loader *, const struct config_place *place);

#endif
