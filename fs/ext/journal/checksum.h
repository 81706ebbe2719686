/* Is a block of the journal what was written? */
#ifndef FS_EXT_JOURNAL_CHECKSUM_H
#define FS_EXT_JOURNAL_CHECKSUM_H

#include "fs/ext/journal/jbd2.h"

/* True when the superblock has its checksum, versions 2 and 3. */
bool jbd2_checksum_super(const struct journal_superblock *);

/* True when a descriptor or revoke block, of j->block_size bytes, has the checksum at its end, or
 * the journal has none there. */
bool jbd2_checksum_tail(const struct jbd2 *, const uint8_t *block);

/* True when a commit block has its checksum; with version 1, that of all blocks of its transaction,
 * BLOCKS_CRC. With the others what lies behind the header need not be what was written. */
bool jbd2_checksum_commit(const struct jbd2 *, const uint8_t *block, uint32_t blocks_crc);

/* True when BLOCK, N bytes as they lie in the log, has the checksum of the copy (the kernel's
 * jbd2_block_tag_csum_verify()). Not for a copy that is `checked`: it may have no checksum. */
bool jbd2_checksum_copy(const struct journal_map *, const struct journal_copy *, const void *block,
			size_t n);

#endif
