/* Which volume is a guest's root file system? */
#ifndef CONFIG_ROOTFS_H
#define CONFIG_ROOTFS_H

#include "config/config.h"

/* The root file system of the guest whose kernel lies on V: V itself where it looks like one, else
 * the only other volume that does; NULL where that cannot be told. Nothing is reported. */
struct volume *rootfs_find(struct volume *v, const struct places *);

#endif
