/* Which entry boots if nobody chooses, and how long the menu waits for that. */
#ifndef LOADER_DEFAULTS_H
#define LOADER_DEFAULTS_H

#include "loader/loader.h"

/* Seconds that the menu waits when neither the host nor a guest says how long. */
#define TIMEOUT_DEFAULT 3

/* Sets default_entry, bootable, guest and the timeout from the entries of all disks, which are in
 * the menu's order, and the host's settings. What stands in the way of a default is reported. */
void defaults_choose(struct loader *);

#endif
