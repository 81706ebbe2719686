/* The root file system that the options name, or should. */
#ifndef LOADER_DISKS_ROOT_H
#define LOADER_DISKS_ROOT_H

#include "loader/loader.h"

/* Adds a root to the options of each Linux entry that names none, where it is known: by UUID for
 * an initrd to find, by the kernel's name of the disk where there is no initrd; with `ro` unless
 * the options say. Where an entry names one that cannot be right, its words stay and the report
 * tells. Fails only with E_NO_MEMORY, reported. */
enum status root_complete(struct loader *);

#endif
