/* Opening a journal, and reading its blocks. */
#include "base/crc.h"
#include "base/mem.h"
#include "fs/ext/file.h"
#include "fs/ext/journal/checksum.h"

/* The kernel refuses a smaller journal (JBD2_MIN_JOURNAL_BLOCKS). */
#define BLOCKS_MIN 1024

/* Blocks to read at once at first: a scan that skips the data blocks needs no more. */
#define AHEAD_FIRST 4

#define INCOMPAT_KNOWN                                                        \
	(JBD2_FEATURE_INCOMPAT_REVOKE | JBD2_FEATURE_INCOMPAT_64BIT |         \
	 JBD2_FEATURE_INCOMPAT_ASYNC_COMMIT | JBD2_FEATURE_INCOMPAT_CSUM_V2 | \
	 JBD2_FEATURE_INCOMPAT_CSUM_V3 | JBD2_FEATURE_INCOMPAT_FAST_COMMIT)

static enum status damaged(struct jbd2 *j, const char *what, uint64_t found)
{
	return fail(j->fs->base.vol.report, E_CORRUPT,
		    "the journal's superblock is damaged: %s is %lu", what, found);
}

static enum status checksum_check(struct jbd2 *j, const struct journal_superblock *sb)
{
	if (sb->s_checksum_type != JBD2_CRC32C_CHKSUM)
		return damaged(j, "s_checksum_type", sb->s_checksum_type);
	if (!jbd2_checksum_super(sb))
		return fail(j->fs->base.vol.report, E_CORRUPT,
			    "the journal's superblock has a wrong checksum");
	j->seed = crc32c(~0u, sb->s_uuid, sizeof(sb->s_uuid));
	return OK;
}

static enum status features_read(struct jbd2 *j, const struct journal_superblock *sb)
{
	uint32_t incompat = get_be32(sb->s_feature_incompat);
	/* Linux knows none of the others either, and to replay is to write. */
	uint32_t unknown = (incompat & ~INCOMPAT_KNOWN) | get_be32(sb->s_feature_ro_compat);

	if (unknown != 0)
		return fail(j->fs->base.vol.report, E_UNSUPPORTED,
			    "the journal needs features that this version does not know (0x%x)",
			    unknown);
	j->wide = incompat & JBD2_FEATURE_INCOMPAT_64BIT;
	j->async = incompat & JBD2_FEATURE_INCOMPAT_ASYNC_COMMIT;
	j->csum_v1 = get_be32(sb->s_feature_compat) & JBD2_FEATURE_COMPAT_CHECKSUM;
	j->csum_v2 = incompat & JBD2_FEATURE_INCOMPAT_CSUM_V2;
	j->csum_v3 = incompat & JBD2_FEATURE_INCOMPAT_CSUM_V3;
	if (j->csum_v1 + j->csum_v2 + j->csum_v3 > 1)
		return fail(j->fs->base.vol.report, E_CORRUPT,
			    "the journal's superblock asks for two kinds of checksum at once");
	if (incompat & JBD2_FEATURE_INCOMPAT_FAST_COMMIT) {
		uint32_t blocks = get_be32(sb->s_num_fc_blks);

		if (blocks == 0)
			blocks = JBD2_DEFAULT_FC_BLOCKS;
		if (blocks > j->end - BLOCKS_MIN)
			return damaged(j, "s_num_fc_blks", blocks);
		j->fast_end = j->end;
		j->end -= blocks;
		j->fast = j->end + 1; /* one block between them belongs to neither */
	}
	return j->csum_v2 || j->csum_v3 ? checksum_check(j, sb) : OK;
}

/* The bytes of a tag: the kernel's journal_tag_bytes(). */
static uint32_t tag_bytes(const struct jbd2 *j)
{
	if (j->csum_v3)
		return sizeof(struct journal_block_tag3);
	return (uint32_t)sizeof(struct journal_block_tag) + (j->csum_v2 ? 2 : 0) -
	       (j->wide ? 0 : 4);
}

static enum status super_read(struct jbd2 *j, const struct journal_superblock *sb)
{
	uint32_t type = get_be32(sb->s_header.h_blocktype), maxlen = get_be32(sb->s_maxlen);
	enum status status = OK;

	if (get_be32(sb->s_header.h_magic) != JBD2_MAGIC_NUMBER)
		return damaged(j, "its magic number", get_be32(sb->s_header.h_magic));
	if (type != JBD2_SUPERBLOCK_V1 && type != JBD2_SUPERBLOCK_V2)
		return damaged(j, "its type", type);
	if (get_be32(sb->s_blocksize) != j->block_size)
		return damaged(j, "s_blocksize", get_be32(sb->s_blocksize));
	if (maxlen < BLOCKS_MIN || maxlen > j->inode->base.size / j->block_size)
		return damaged(j, "s_maxlen", maxlen);
	j->end = maxlen;
	j->first = get_be32(sb->s_first);
	j->start = get_be32(sb->s_start);
	j->sequence = get_be32(sb->s_sequence);
	if (type == JBD2_SUPERBLOCK_V2)
		status = features_read(j, sb);
	if (status != OK)
		return status;
	if (j->first == 0 || j->first >= j->end)
		return damaged(j, "s_first", j->first);
	if (j->start != 0 && (j->start < j->first || j->start >= j->end))
		return damaged(j, "s_start", j->start);
	j->tag_bytes = tag_bytes(j);
	return OK;
}

enum status jbd2_open(struct ext *fs, const struct ext_inode *inode, struct jbd2 *j)
{
	uint32_t size = fs->super.block_size;
	const uint8_t *block = NULL;
	enum status status;

	/* After a mount the log begins behind the superblock: the same request reads both. */
	*j = (struct jbd2){.fs = fs, .inode = inode, .block_size = size};
	j->end = inode->base.size / size < AHEAD_FIRST ? 1 : AHEAD_FIRST;
	status = jbd2_block(j, 0, &block);
	if (status == OK)
		status = super_read(j, (const struct journal_superblock *)block);
	if (status != OK)
		jbd2_close(j);
	return status;
}

void jbd2_close(struct jbd2 *j)
{
	mem_free(j->window, j->window_bytes);
	j->window = NULL;
	j->window_bytes = 0;
}

/* Empties the window and makes room in it for j->ahead blocks. */
static enum status window_empty(struct jbd2 *j)
{
	size_t bytes = (size_t)j->ahead * j->block_size;

	j->window_count = 0;
	if (bytes <= j->window_bytes)
		return OK;
	jbd2_close(j);
	j->window = mem_alloc(bytes);
	if (j->window == NULL)
		return fail(j->fs->base.vol.report, E_NO_MEMORY, "no memory to read the journal");
	j->window_bytes = bytes;
	return OK;
}

/* Fills the window from BLOCK on: with twice as many blocks as before if BLOCK lies close behind
 * it. */
static enum status window_read(struct jbd2 *j, uint32_t block)
{
	uint32_t limit = block >= j->fast && j->fast_end != 0 ? j->fast_end : j->end, count;
	uint32_t most = j->block_size < JBD2_WINDOW_BYTES ? JBD2_WINDOW_BYTES / j->block_size : 1;
	bool near = block - j->window_at - j->window_count < j->ahead;
	enum status status;

	j->ahead = near ? 2 * j->ahead : AHEAD_FIRST;
	if (j->ahead > most)
		j->ahead = most;
	count = j->ahead < limit - block ? j->ahead : limit - block;
	status = window_empty(j);
	if (status == OK)
		status = ext_file_read(j->fs, j->inode, (uint64_t)block * j->block_size, j->window,
				       (size_t)count * j->block_size);
	if (status != OK)
		return status;
	j->window_at = block;
	j->window_count = count;
	return OK;
}

enum status jbd2_block(struct jbd2 *j, uint32_t block, const uint8_t **data)
{
	enum status status = OK;

	if (block - j->window_at >= j->window_count)
		status = window_read(j, block);
	if (status == OK)
		*data = j->window + (size_t)(block - j->window_at) * j->block_size;
	return status;
}
