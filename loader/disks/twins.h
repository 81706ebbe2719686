/* File systems that share a name: a copy of a disk, attached beside it. */
#ifndef LOADER_DISKS_TWINS_H
#define LOADER_DISKS_TWINS_H

#include "loader/cmdline.h"
#include "loader/loader.h"

/* The first two disks or partitions whose file systems have this UUID or label; false when there
 * are no two. Where there is one, it is TWO[0]; where there is none, TWO stays as it was. */
bool twins_find(const struct loader *, enum cmdline_by, struct str name, const struct disk *two[2]);

/* Reports and logs the entries whose root= names a file system of which there are two, once each
 * name, and what to do; and the other UUIDs that two file systems have. The options are complete by
 * then. */
void twins_report(struct loader *);

#endif
