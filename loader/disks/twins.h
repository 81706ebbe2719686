/* File systems that share a name: a copy of a disk, attached beside it. */
#ifndef LOADER_DISKS_TWINS_H
#define LOADER_DISKS_TWINS_H

#include "loader/loader.h"

/* Reports and logs the entries whose root= names a file system of which there are two, once each
 * name, and what to do; and the other UUIDs that two file systems have. The options are complete by
 * then. */
void twins_report(struct loader *);

#endif
