/* Which volume is a guest's root file system? */
#ifndef CONFIG_IMAGE_ROOTFS_H
#define CONFIG_IMAGE_ROOTFS_H

#include "config/places.h"

/* Why the root could not be told. */
struct rootfs_doubt {
	const struct volume *one, *other; /* both look like a root; NULL: this is not why */
	const struct block *unread;       /* may hold the root too; NULL: this is not why */
	struct str holds;                 /* what that device seems to hold: "swap space" */
};

/* Finds the root file system of the guest whose kernel lies on V: V itself if it looks like one,
 * else the only other volume that does. NULL when none or several do, or when the root may be on a
 * device that could not be read. Then DOUBT, which may be NULL, says why; it is all NULL when
 * nothing looks like a root. Nothing is reported. */
struct volume *rootfs_find(struct volume *v, const struct places *, struct rootfs_doubt *doubt);

/* True when the root may be on a device that could not be read; DOUBT then has the first of these
 * and what it seems to hold. Reads the beginning of each. Nothing is reported. */
bool rootfs_unread(const struct places *, struct rootfs_doubt *doubt);

#endif
