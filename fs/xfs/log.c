/* The log: was the file system unmounted? The log is a circle of blocks of 512 bytes. Each of them
 * says in its first word in which round, or cycle, it was written:
 *
 *      cycle  | 7 | 7 | 7 | 7 | 7 | 6 | 6 | 6 | 6 |
 *                                   ^ head: the next to be written
 *
 * A record is a header and its body, which is a list of operations. An unmount is a record of its
 * own, the last one. */
#include "fs/xfs/log.h"

#include "base/mem.h"
#include "fs/xfs/block.h"

#define LOG_BLOCK_BITS 9
#define LOG_BLOCK      (1u << LOG_BLOCK_BITS)
#define RECORD_MOST    512 /* blocks */

/* Where the log lies, and how many blocks it has. */
struct log {
	struct xfs *fs;
	uint64_t begin; /* byte */
	uint32_t blocks;
};

static enum status read_block(const struct log *l, uint32_t at, uint8_t *to)
{
	return xfs_read(&l->fs->base, l->begin + (uint64_t)at * LOG_BLOCK, to, LOG_BLOCK);
}

static bool is_header(const uint8_t *block)
{
	return get_be32(((const struct xlog_rec_header *)block)->h_magicno) ==
	       XLOG_HEADER_MAGIC_NUM;
}

/* The cycle in which a block was written. A header keeps it behind its magic number. */
static enum status cycle_at(const struct log *l, uint32_t at, uint32_t *cycle)
{
	uint8_t block[LOG_BLOCK] = {0};
	const struct xlog_rec_header *h = (const void *)block;
	enum status status = read_block(l, at, block);

	*cycle = get_be32(is_header(block) ? h->h_cycle : h->h_magicno);
	return status;
}

/* Finds the first block that was written in the same cycle as the last one; the number of blocks
 * when the first one was, too. */
static enum status find_head(const struct log *l, uint32_t *head)
{
	uint32_t low = 0, high = l->blocks - 1, first = 0, last = 0, cycle = 0;
	enum status status = cycle_at(l, low, &first);

	if (status == OK)
		status = cycle_at(l, high, &last);
	*head = l->blocks;
	if (status != OK || first == last)
		return status;
	while (high - low > 1 && status == OK) {
		uint32_t middle = low + (high - low) / 2;

		status = cycle_at(l, middle, &cycle);
		if (cycle == last)
			high = middle;
		else
			low = middle;
	}
	*head = high;
	return status;
}

/* True when the header H, of the block AT, heads a record that ends at HEAD and is an unmount,
 * whose body begins with BODY. *NEXT: where the body begins, for who has not read it yet. */
static bool is_last_record(const struct log *l, const struct xlog_rec_header *h, uint32_t at,
			   uint32_t head, uint32_t *body)
{
	uint64_t headers = 1, bodies = ((uint64_t)get_be32(h->h_len) + LOG_BLOCK - 1) / LOG_BLOCK;

	if (get_be32(h->h_version) & XLOG_VERSION_2 && get_be32(h->h_size) > XLOG_HEADER_CYCLE_SIZE)
		headers = (get_be32(h->h_size) - 1) / XLOG_HEADER_CYCLE_SIZE + 1;
	*body = (uint32_t)((at + headers) % l->blocks);
	return (at + headers + bodies) % l->blocks == head % l->blocks &&
	       get_be32(h->h_num_logops) == 1;
}

/* Looks for the last record before HEAD. *CLEAN: it is an unmount, or the log was never written. */
static enum status is_clean(const struct log *l, uint32_t head, bool *clean)
{
	uint8_t block[LOG_BLOCK];
	const struct xlog_rec_header *h = (const void *)block;
	const struct xlog_op_header *op = (const void *)block;
	enum status status = OK;

	*clean = false;
	for (uint32_t n = 1; n <= RECORD_MOST && n <= l->blocks && status == OK; n++) {
		uint32_t at = (head + l->blocks - n) % l->blocks, body = 0;

		status = read_block(l, at, block);
		if (status != OK || !is_header(block))
			continue;
		/* The tail is where the oldest change lies that may not be in its place. */
		*clean = (uint32_t)get_be64(h->h_tail_lsn) == head % l->blocks;
		if (*clean || !is_last_record(l, h, at, head, &body))
			return OK;
		status = read_block(l, body, block);
		if (status == OK)
			*clean = op->oh_flags & XLOG_UNMOUNT_TRANS;
		return status;
	}
	return status;
}

enum status xfs_log_check(struct xfs *fs)
{
	const struct xfs_super *s = &fs->super;
	struct log l = {fs, s->log << s->block_bits,
			(uint32_t)((uint64_t)s->log_blocks << s->block_bits >> LOG_BLOCK_BITS)};
	bool clean = false;
	uint32_t head = 0;
	enum status status = find_head(&l, &head);

	if (status == OK)
		status = is_clean(&l, head, &clean);
	if (status == OK && !clean)
		note(fs->base.vol.report,
		     "%.*s was not unmounted, and its log is not replayed: files may be older than "
		     "they should be",
		     STR_ARG(fs->base.vol.name));
	return status;
}
