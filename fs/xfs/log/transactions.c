/* The transactions of the log. The body of a record is a list of operations: a head, and a region
 * of bytes. Each belongs to a transaction, and says by its flags whether that begins, goes on, or
 * is committed. Operations of several transactions lie between each other, a transaction may go on
 * in later records, and so may a single region:
 *
 *      record   | start 1 | region 1 | start 2 | region 2 | region 1, part |
 *      record   | rest of region 1 | commit 1 | region 2 | ...
 *
 * So the regions of each transaction are put behind each other until it is committed. What is not
 * committed at the end of the log never happened. */
#include "fs/xfs/log/transactions.h"

#include "base/mem.h"

#define OPEN_MOST  32u
#define ROOM_LEAST ((size_t)64 << 10)
#define ROOM_MOST  ((size_t)128 << 20)

/* Before each region lies its length, of type uint32_t. Both begin at a multiple of four. */
#define LENGTH    sizeof(uint32_t)
#define PADDED(n) (((n) + 3) & ~(size_t)3)

struct transaction {
	uint32_t id;
	bool open;
	uint64_t lsn;   /* of the record in which it starts */
	uint8_t *bytes; /* regions, of `n` bytes; the length of the last lies at `last` */
	size_t n, room, last;
};

struct walk {
	commit_fn *fn;
	void *context;
	struct transaction open[OPEN_MOST];
};

bool regions_next(struct regions *r, struct region *region)
{
	uint32_t n;

	if (r->at == r->end)
		return false;
	memcpy(&n, r->at, LENGTH);
	*region = (struct region){r->at + LENGTH, n};
	r->at += LENGTH + PADDED(n);
	return true;
}

static struct transaction *find(struct walk *w, uint32_t id)
{
	for (unsigned i = 0; i < OPEN_MOST; i++) {
		if (w->open[i].open && w->open[i].id == id)
			return &w->open[i];
	}
	return NULL;
}

static const char *start(struct walk *w, uint32_t id, uint64_t lsn)
{
	unsigned i = 0;

	while (i < OPEN_MOST && w->open[i].open)
		i++;
	if (i == OPEN_MOST)
		return "too many transactions are open";
	w->open[i].id = id;
	w->open[i].open = true;
	w->open[i].lsn = lsn;
	w->open[i].n = 0;
	return NULL;
}

/* Makes room for N more bytes. */
static bool grow(struct transaction *t, size_t n)
{
	size_t room = t->room != 0 ? t->room : ROOM_LEAST;
	uint8_t *bytes;

	while (room - t->n < n && room < ROOM_MOST)
		room *= 2;
	if (room == t->room)
		return room - t->n >= n;
	bytes = room - t->n >= n ? mem_alloc(room) : NULL;
	if (bytes == NULL)
		return false;
	memcpy(bytes, t->bytes, t->n);
	mem_free(t->bytes, t->room);
	t->bytes = bytes;
	t->room = room;
	return true;
}

/* Adds a region, or to the last one when it GOES_ON. */
static const char *add(struct transaction *t, const uint8_t *p, uint32_t n, bool goes_on)
{
	uint32_t length = 0;

	if (n == 0)
		return NULL;
	if (goes_on && t->n == 0)
		return "a region goes on that did not begin";
	if (!grow(t, LENGTH + n + LENGTH))
		return "a transaction is too large";
	if (goes_on) {
		memcpy(&length, t->bytes + t->last, LENGTH);
	} else {
		t->last = t->n;
		t->n += LENGTH;
	}
	memcpy(t->bytes + t->last + LENGTH + length, p, n);
	length += n;
	memcpy(t->bytes + t->last, &length, LENGTH);
	t->n = t->last + LENGTH + PADDED(length);
	return NULL;
}

/* One operation of the record LSN, whose region of N bytes is P. */
static const char *operation(struct walk *w, uint64_t lsn, const struct xlog_op_header *op,
			     const uint8_t *p, uint32_t n)
{
	struct transaction *t = find(w, get_be32(op->oh_tid));
	unsigned flags = op->oh_flags & ~XLOG_END_TRANS;

	if (op->oh_clientid != XFS_TRANSACTION && op->oh_clientid != XFS_LOG)
		return "an operation is of an unknown kind";
	if (flags & XLOG_WAS_CONT_TRANS)
		flags &= ~XLOG_CONTINUE_TRANS;
	if (t == NULL) /* if it does not start here, it started before the tail */
		return flags & XLOG_START_TRANS ? start(w, get_be32(op->oh_tid), lsn) : NULL;
	switch (flags) {
	case 0:
	case XLOG_CONTINUE_TRANS:
		return add(t, p, n, false);
	case XLOG_WAS_CONT_TRANS:
		return add(t, p, n, true);
	case XLOG_COMMIT_TRANS:
		t->open = false;
		return w->fn(w->context, (struct regions){t->bytes, t->bytes + t->n, t->lsn});
	case XLOG_UNMOUNT_TRANS:
		t->open = false;
		return NULL;
	default:
		return "an operation has impossible flags";
	}
}

static const char *operations(struct walk *w, const struct record *r)
{
	const uint8_t *p = r->body, *end = p + r->n;
	const char *fault = NULL;

	for (uint32_t i = 0; i < r->operations && p < end && fault == NULL; i++) {
		const struct xlog_op_header *op = (const void *)p;
		uint32_t n;

		if ((size_t)(end - p) < sizeof(*op))
			return "an operation crosses its end";
		n = get_be32(op->oh_len);
		p += sizeof(*op);
		if (n > (size_t)(end - p))
			return "an operation crosses its end";
		fault = operation(w, r->lsn, op, p, n);
		p += n;
	}
	return fault;
}

/* What no record may have that is replayed. */
static const char *fault_in(const struct log *l, const struct record *r)
{
	const struct xlog_rec_header *h = (const void *)l->bytes;

	if (r->crc == CRC_WRONG || (r->crc == CRC_NONE && l->fs->super.v5))
		return "its checksum is wrong";
	if (get_be32(h->h_fmt) != XLOG_FMT_LINUX_LE)
		return "a machine of another byte order wrote it";
	if (memcmp(h->h_fs_uuid, l->fs->super.uuid, sizeof(h->h_fs_uuid)) != 0)
		return "it belongs to another file system";
	return r->blocks > log_distance(l, r->at, l->head) ? "it does not end where the log ends"
							   : NULL;
}

/* Makes the next record behind block AT the tail. False when there is none before the head. */
static enum status move_tail(struct log *l, uint32_t at, bool *moved)
{
	uint32_t left = log_distance(l, at, l->head), i = 1;
	enum status status;

	if (left > RECORD_MOST)
		left = RECORD_MOST;
	status = log_read(l, at, left);
	while (i < left && status == OK && !log_is_head(l->bytes + (size_t)i * BBSIZE))
		i++;
	*moved = status == OK && i < left;
	if (*moved)
		l->tail = log_behind(l, at, i);
	return status;
}

/* Reads the record at AT. Those just behind the head may have been written over, when the log was
 * full and the power failed: then the tail is behind them. */
static enum status next_record(struct log *l, uint32_t *at, struct record *r, const char **fault)
{
	bool moved = true;
	enum status status = OK;

	while (status == OK && moved) {
		status = log_record(l, *at, r, fault);
		if (status != OK)
			return status;
		if (*fault == NULL)
			*fault = fault_in(l, r);
		moved = *fault != NULL && *at == l->tail &&
			log_distance(l, l->head, *at) <= l->at_once;
		if (moved)
			status = move_tail(l, *at, &moved);
		if (moved)
			*at = l->tail;
	}
	return status;
}

enum status log_walk(struct log *l, commit_fn *fn, void *context, const char **fault, uint32_t *at)
{
	struct walk *w = mem_alloc(sizeof(*w));
	enum status status = OK;
	struct record r;

	*fault = NULL;
	*at = l->tail;
	if (w == NULL)
		return fail(l->fs->base.vol.report, E_NO_MEMORY, "no memory to read the log");
	memset(w, 0, sizeof(*w));
	w->fn = fn;
	w->context = context;
	while (*at != l->head) {
		status = next_record(l, at, &r, fault);
		if (status == OK && *fault == NULL)
			*fault = operations(w, &r);
		if (status != OK || *fault != NULL)
			break;
		*at = log_behind(l, *at, r.blocks);
	}
	for (unsigned i = 0; i < OPEN_MOST; i++)
		mem_free(w->open[i].bytes, w->open[i].room);
	mem_free(w, sizeof(*w));
	return status;
}
