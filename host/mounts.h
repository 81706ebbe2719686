/* Finds a root that the loader reads and Linux does not mount. */
#ifndef HOST_MOUNTS_H
#define HOST_MOUNTS_H

#include "loader/loader.h"

/* The root of entry E when its superblock is damaged: the loader then reads the volume by a copy of
 * the superblock, but Linux refuses to mount it. The loader owns the volume. NULL when Linux mounts
 * the root, or when it is not known which volume that is. */
const struct volume *unmountable_root(const struct loader *, const struct entry *e);

#endif
