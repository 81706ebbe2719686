/* File systems that share a name: a copy of a disk, attached beside it. */
#ifndef LOADER_DISKS_TWINS_H
#define LOADER_DISKS_TWINS_H

#include "loader/loader.h"

/* Reports and logs the entries whose root= names two file systems, once for each name, and what to
 * do. Then reports the other UUIDs that two file systems have. Call it when the options are
 * complete. */
void twins_report(struct loader *);

#endif
