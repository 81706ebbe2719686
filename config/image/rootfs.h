/* Which volume is a guest's root file system? */
#ifndef CONFIG_IMAGE_ROOTFS_H
#define CONFIG_IMAGE_ROOTFS_H

#include "config/places.h"

/* Why there is no telling. */
struct rootfs_doubt {
	const struct volume *one, *other; /* both look like the root; NULL: that is not why */
	const struct block *unread;       /* may hold the root as well; NULL: that is not why */
	struct str holds;                 /* what that is said to hold, "swap space" */
};

/* The root file system of the guest whose kernel lies on V: V itself where it looks like one, else
 * the only other volume that does, unless the root may as well be on a device that could not be
 * read; NULL where that cannot be told. Then DOUBT, which may be NULL, says why, and is all NULL
 * when nothing looks like a root. Nothing is reported. */
struct volume *rootfs_find(struct volume *v, const struct places *, struct rootfs_doubt *doubt);

/* True when the root may be on a device that could not be read: the first of them, and what that
 * holds, is then in DOUBT. Reads the beginning of each; reports nothing. */
bool rootfs_unread(const struct places *, struct rootfs_doubt *doubt);

#endif
