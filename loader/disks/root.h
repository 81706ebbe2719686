/* The root file system that the options name, or should. */
#ifndef LOADER_DISKS_ROOT_H
#define LOADER_DISKS_ROOT_H

#include "config/image/rootfs.h"
#include "loader/loader.h"

/* Adds root= to the options of each Linux entry without one, if the root is known: by UUID for an
 * initrd to find, by the kernel's name of the disk if there is no initrd; with `ro` unless they
 * have `ro` or `rw`. An entry whose root= cannot be right keeps it, and is reported. Fails only
 * with E_NO_MEMORY, reported. */
enum status root_complete(struct loader *);

/* True when the entry's root= names none of the volumes, but may mean a device that could not be
 * read. Then *ROOT is its value, and DOUBT says which device and what that holds. */
bool root_may_be_unread(const struct loader *, const struct entry *, struct str *root,
			struct rootfs_doubt *doubt);

#endif
