/* The superblock, its copies and its features. */
#ifndef FS_EXT_SUPER_H
#define FS_EXT_SUPER_H

#include "fs/ext/state.h"

/* Reads and checks the superblock at fs->super_at. A copy must lie where its own numbers place
 * it. Fails as ext_open() does. */
enum status ext_super_read(struct ext *);

/* Finds a good copy of the superblock and reads it; fs->super_at is its place. Tries 7 places with
 * EFFORT_MISSING, 42 with EFFORT_DAMAGED. E_NOT_FOUND, not reported, when there is none. */
enum status ext_backup_find(struct ext *, enum effort);

/* E_UNSUPPORTED when INCOMPAT has a feature that we do not read; each is reported. */
enum status ext_features_check(struct report *, uint32_t incompat);

/* "ext2", "ext3" or "ext4", by the same features as blkid. */
const char *ext_features_type(const struct ext_super *);

#endif
