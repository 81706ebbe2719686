/* The checksums of the metadata. */
#ifndef FS_EXT_CHECKSUM_H
#define FS_EXT_CHECKSUM_H

#include <stdbool.h>
#include <stdint.h>

struct ext;
struct ext_inode;
struct ext4_super_block;

/* Each returns true when the checksum is right, or the file system has none of that kind. Raw
 * structures are as long as the superblock says, blocks are whole; AT is the block's number in its
 * directory. */
bool ext_checksum_super(const struct ext4_super_block *);
bool ext_checksum_group(const struct ext *, uint32_t group, const uint8_t *desc);
bool ext_checksum_inode(const struct ext *, const struct ext_inode *, const uint8_t *raw);
bool ext_checksum_extents(const struct ext *, const struct ext_inode *, const uint8_t *block);
bool ext_checksum_dir(const struct ext *, const struct ext_inode *, uint64_t at,
		      const uint8_t *block);

/* The seed of the checksums of the inode NUMBER, whose bytes are RAW, and of its blocks. */
uint32_t ext_checksum_seed(const struct ext *, uint32_t number, const uint8_t *raw);

#endif
