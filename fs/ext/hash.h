/* The hashes by which an indexed directory orders its names. */
#ifndef FS_EXT_HASH_H
#define FS_EXT_HASH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* The kinds of hash, numbered as in the root of a hash tree (dx_root_info.hash_version). */
enum ext_hash { EXT_HASH_LEGACY, EXT_HASH_HALF_MD4, EXT_HASH_TEA };

/* The hash of NAME, always even: a tree uses the lowest bit for something else. SEED is the
 * superblock's; all zero stands for the default one. With IS_SIGNED the bytes of the name are
 * numbers from -128 to 127, as on machines whose `char` is signed. */
uint32_t ext_hash(enum ext_hash, bool is_signed, const uint32_t seed[4], struct str name);

#endif
