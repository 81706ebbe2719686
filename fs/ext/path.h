/* From a path to an inode. */
#ifndef FS_EXT_PATH_H
#define FS_EXT_PATH_H

#include "fs/ext/state.h"

/* The inode that PATH leads to. FOLLOW: also through a symlink at the end. E_NOT_FOUND and
 * E_WRONG_TYPE are reported with PATH. */
enum status ext_walk(struct ext *, struct str path, bool follow, struct ext_inode *);

/* Reads the target of a symlink, *N > 0 bytes, into TO, which holds PATH_MAX_BYTES. E_CORRUPT,
 * E_UNSUPPORTED when it is encrypted; reported. */
enum status ext_symlink_read(struct ext *, const struct ext_inode *, char *to, size_t *n);

#endif
