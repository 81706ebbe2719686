/* The root file system that the options name, or should. */
#ifndef LOADER_DISKS_ROOT_H
#define LOADER_DISKS_ROOT_H

#include "config/image/rootfs.h"
#include "loader/loader.h"

/* Adds a root to the options of each Linux entry that names none, where it is known: by UUID for
 * an initrd to find, by the kernel's name of the disk where there is no initrd; with `ro` unless
 * the options say. Where an entry names one that cannot be right, its words stay and the report
 * tells. Fails only with E_NO_MEMORY, reported. */
enum status root_complete(struct loader *);

/* True when the entry's root=, then in *ROOT, names what none of the volumes is, but a device that
 * could not be read may be: DOUBT says which, and what that holds. */
bool root_may_be_unread(const struct loader *, const struct entry *, struct str *root,
			struct rootfs_doubt *doubt);

#endif
