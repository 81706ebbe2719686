/* Where the log begins and ends. The log is a circle of blocks, and each of them says in which
 * round, or cycle, it was written:
 *
 *      cycle  | 7 | 7 | 7 | 7 | 7 | 6 | 6 | 6 | 6 |
 *                                   ^ head: the next to be written
 *
 * A search by halves finds that place. But Linux writes several records at once, and when the power
 * fails some of the blocks just before the head may be missing:
 *
 *      cycle  | 7 | 7 | 7 | 6 | 7 | 6 | 6 | 6 | 6 |
 *                           ^ head
 *
 * and a record may have all its first words but not all of its content, which its checksum tells.
 * In both cases the log ends before the first record that is not whole.
 *
 * The last record says where the tail is: where the oldest change lies that may not be in its place
 * on the disk. An unmount is a record of its own, the last one. */
#include "fs/xfs/log/head.h"

/* The most records that Linux writes at once. */
#define AT_ONCE 8

/* An unmount has fewer blocks: at most the head and one. */
#define FEW (HEADS_MOST + 1)

/* The cycle in which a block was written. A head keeps it behind its magic number. */
static uint32_t cycle_of(const uint8_t *block)
{
	const struct xlog_rec_header *h = (const void *)block;

	return get_be32(log_is_head(block) ? h->h_cycle : h->h_magicno);
}

static enum status cycle_at(const struct log *l, uint32_t at, uint32_t *cycle)
{
	enum status status = log_read(l, at, 1);

	*cycle = cycle_of(l->bytes);
	return status;
}

/* Makes the first block that was written in the same cycle as the last one the head; the end of the
 * log when the first block was, too. *OLD becomes the cycle that the blocks behind the head have;
 * *EMPTY: the first block was never written. */
static enum status search_head(struct log *l, uint32_t *old, bool *empty)
{
	uint32_t low = 0, high = l->blocks - 1, first = 0, last = 0, cycle = 0;
	enum status status = cycle_at(l, low, &first);

	if (status == OK)
		status = cycle_at(l, high, &last);
	*empty = first == 0;
	l->head = l->blocks;
	*old = last - 1;
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
	l->head = high;
	*old = last;
	return status;
}

/* Makes the first of the N blocks from AT on that was written in CYCLE the head. *FOUND when there
 * is one. */
static enum status search_hole(struct log *l, uint32_t at, uint32_t n, uint32_t cycle, bool *found)
{
	enum status status = OK;

	*found = false;
	while (n > 0 && !*found && status == OK) {
		uint32_t some = n < RECORD_MOST ? n : RECORD_MOST;

		status = log_read(l, at, some);
		for (uint32_t i = 0; i < some && !*found && status == OK; i++) {
			*found = cycle_of(l->bytes + (size_t)i * BBSIZE) == cycle;
			if (*found)
				l->head = at + i;
		}
		at += some;
		n -= some;
	}
	return status;
}

/* Looks for blocks before the head that were not written. OLD is the cycle that they have. */
static enum status search_holes(struct log *l, uint32_t old)
{
	uint32_t most = AT_ONCE * BODY_MOST / BBSIZE, head = l->head, before;
	enum status status = OK;
	bool found = false;

	if (most > l->blocks)
		most = l->blocks;
	before = most < head ? most : head;
	if (most > head) /* also at the end of the log, where a cycle earlier was written */
		status = search_hole(l, l->blocks - (most - head), most - head, old - 1, &found);
	if (status == OK && !found)
		status = search_hole(l, head - before, before, old, &found);
	return status;
}

/* Finds the last record whose head lies before block END, among the MOST blocks before it; *FOUND
 * when there is one. */
static enum status find_record(const struct log *l, uint32_t end, uint32_t most, struct record *r,
			       bool *found)
{
	uint32_t n = most < l->blocks ? most : l->blocks, first = log_before(l, end, n);
	enum status status = log_read(l, first, n);

	*found = false;
	while (status == OK && n-- > 0 && !*found)
		*found = log_decode_head(l, log_behind(l, first, n), l->bytes + (size_t)n * BBSIZE,
					 r) == NULL;
	return status;
}

/* True when R ends at the head. */
static bool ends_there(const struct log *l, const struct record *r)
{
	return log_behind(l, r->at, r->blocks) == log_behind(l, l->head, 0);
}

/* *CLEAN: R, the last record, says that the file system was unmounted, or that the tail is the
 * head. */
static enum status is_clean(const struct log *l, const struct record *r, bool *clean)
{
	const struct xlog_op_header *op = (const void *)l->bytes;
	enum status status;

	*clean = r->tail == log_behind(l, l->head, 0);
	if (*clean || !ends_there(l, r) || r->operations != 1)
		return OK;
	status = log_read(l, log_behind(l, r->at, r->heads), 1);
	*clean = op->oh_flags & XLOG_UNMOUNT_TRANS;
	return status;
}

/* Reads the last records, which Linux may have written at once, and ends the log before the first
 * that is damaged. *LAST becomes the last record then. */
static enum status verify_last(struct log *l, struct record *last, bool *found)
{
	struct record r;
	uint32_t at[AT_ONCE] = {last->at}, n = 1;
	enum status status = OK;
	const char *fault;

	while (n < AT_ONCE && at[n - 1] != last->tail && status == OK) {
		status = find_record(l, at[n - 1], RECORD_MOST, &r, found);
		if (!*found ||
		    log_distance(l, last->tail, r.at) >= log_distance(l, last->tail, at[n - 1]))
			break;
		at[n++] = r.at;
	}
	*found = true;
	while (n-- > 0 && status == OK) {
		status = log_record(l, at[n], &r, &fault);
		if (status == OK && (fault != NULL || r.crc == CRC_WRONG)) {
			l->head = at[n];
			return find_record(l, l->head, RECORD_MOST, last, found);
		}
	}
	return status;
}

enum status log_find_ends(struct log *l, bool *clean, const char **fault)
{
	struct record last = {0};
	bool found = false;
	uint32_t old = 0;
	enum status status = search_head(l, &old, clean);

	*fault = NULL;
	if (status == OK && !*clean)
		status = find_record(l, l->head, FEW, &last, &found);
	if (status == OK && found)
		status = is_clean(l, &last, clean);
	if (status != OK || *clean)
		return status;
	status = search_holes(l, old);
	if (status == OK)
		status = find_record(l, l->head, RECORD_MOST, &last, &found);
	if (status == OK && found && !ends_there(l, &last)) {
		l->head = last.at;
		status = find_record(l, l->head, RECORD_MOST, &last, &found);
	}
	if (status == OK && found)
		status = verify_last(l, &last, &found);
	if (status == OK && found)
		status = is_clean(l, &last, clean);
	if (status == OK && (!found || last.tail >= l->blocks))
		*fault = "its end was not found";
	l->head = log_behind(l, l->head, 0);
	l->tail = last.tail;
	l->at_once = AT_ONCE * last.heads * (XLOG_HEADER_CYCLE_SIZE / BBSIZE);
	return status;
}
