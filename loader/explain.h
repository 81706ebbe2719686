/* Why nothing boots: what was looked for on which disk, what it came to, and what to do. */
#ifndef LOADER_EXPLAIN_H
#define LOADER_EXPLAIN_H

#include "loader/loader.h"

/* The most disks of a kind, and the most remarks about disks, that are told one by one. */
#define EXPLAIN_DISKS   8
#define EXPLAIN_REMARKS 16

/* No entry boots by itself: lines for a person, after l->report, about the disks without a file
 * system of ours (l->remarks), each boot file that is there, the places where none is, and what to
 * do. They live in l->arena and hold no control characters; fewer when memory is used up. */
struct str explain_nothing(struct loader *);

/* True when some disk has a boot file at PLACE. */
bool explain_found(const struct loader *, const struct config_place *place);

#endif
