/* The checksums of a journal, except those of fast commits (fast.c). Version 1 has one CRC over all
 * blocks of a transaction, in its commit block. In versions 2 and 3 every block has one of its own,
 * which begins with the journal's UUID, so that no block of another file system passes. */
#include "fs/ext/journal/checksum.h"

#include "base/crc.h"
#include "base/mem.h"

bool jbd2_checksum_super(const struct journal_superblock *sb)
{
	struct journal_superblock zeroed = *sb;

	zeroed.s_checksum = (be32){0};
	return crc32c(~0u, &zeroed, sizeof(zeroed)) == get_be32(sb->s_checksum);
}

bool jbd2_checksum_tail(const struct jbd2 *j, const uint8_t *block)
{
	static const be32 zero;
	size_t n = j->block_size - JBD2_TAIL_BYTES;
	be32 stored;

	if (!j->csum_v2 && !j->csum_v3)
		return true;
	memcpy(&stored, block + n, sizeof(stored));
	return crc32c(crc32c(j->seed, block, n), &zero, sizeof(zero)) == get_be32(stored);
}

bool jbd2_checksum_commit(const struct jbd2 *j, const uint8_t *block, uint32_t blocks_crc)
{
	const struct commit_header *commit = (const void *)block;
	size_t at = offsetof(struct commit_header, h_chksum);
	uint32_t found = get_be32(commit->h_chksum[0]), crc;
	static const be32 zero;

	if (j->csum_v1)
		return (found == blocks_crc && commit->h_chksum_type == JBD2_CRC32_CHKSUM &&
			commit->h_chksum_size == JBD2_CRC32_CHKSUM_SIZE) ||
		       (found == 0 && commit->h_chksum_type == 0 && commit->h_chksum_size == 0);
	if (!j->csum_v2 && !j->csum_v3)
		return true;
	crc = crc32c(crc32c(j->seed, block, at), &zero, sizeof(zero));
	at += sizeof(zero);
	crc = crc32c(crc, block + at, JBD2_COMMIT_BYTES - at);
	if (crc32c(crc, block + JBD2_COMMIT_BYTES, j->block_size - JBD2_COMMIT_BYTES) == found)
		return true;
	/* The disk may have kept its old bytes behind the header, which were to be zeros. */
	for (at = JBD2_COMMIT_BYTES; at < j->block_size; at += sizeof(zero))
		crc = crc32c(crc, &zero, sizeof(zero));
	return crc == found;
}

bool jbd2_checksum_copy(const struct journal_map *m, const struct journal_copy *copy,
			const void *block, size_t n)
{
	const be32 sequence = to_be32(copy->tid);
	uint32_t crc = crc32c(crc32c(m->seed, &sequence, sizeof(sequence)), block, n);

	return ((crc ^ copy->checksum) & m->checksum_bits) == 0;
}
