/* Lies about ext: which fields of its structures a lie changes. */
#ifndef TEST_FUZZ_EXT_LIES_H
#define TEST_FUZZ_EXT_LIES_H

#include "test/fuzz/disk.h"
#include "test/fuzz/lies.h"

/* Tells one lie of the disk, which is sealed when all are told. */
void ext_tell(struct fuzz_disk *, const struct lie *);

#endif
