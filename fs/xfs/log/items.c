/* What committed transactions change. A transaction is a list of items, and each item is one or
 * more regions, of which the first says what it is:
 *
 *  - A buffer: parts of some blocks, as they are on the disk afterwards.
 *  - An inode: its core, in the byte order of the machine, and its data fork.
 *  - A chunk of inodes that was made: its blocks are to be formatted.
 *
 * The others are the steps of long operations. Linux ends these when it mounts, and all but two are
 * about space only; the two move blocks between files, and their inodes are remembered.
 *
 * When blocks of metadata were freed, they may hold a file's data by now. Then the log has a cancel
 * for them, and nothing that was logged before it may be replayed. So the cancels are counted in a
 * first pass. The second replays what no cancel follows.
 *
 * On the disk may lie what is newer than an item. Linux compares, so as not to write twice. Here
 * all is replayed in its order, and what comes last counts, which is at least as new as the disk.
 * Only if a block was written in part would that be more than Linux has: xfs_fault_in_mark() looks.
 */
#include "fs/xfs/log/items.h"

#include "base/mem.h"
#include "fs/xfs/block.h"

#define ANY  UINT32_MAX
#define WORD 4u

#define BAD_ITEM  "an item is damaged"
#define NO_MEMORY "it changes more than there is memory for"

struct cancel {
	struct cancel *next;
	uint64_t at; /* the buffer's place, in units of 512 bytes, and its length */
	uint32_t blocks;
	uint32_t count;
};

typedef const char *item_fn(struct replay *, struct region first, struct regions others);

static const char *each_item(struct replay *r, struct regions regions, item_fn *fn)
{
	struct region first, other;
	const char *fault = NULL;

	if (!regions_next(&regions, &first))
		return NULL;
	if (first.n != sizeof(struct xfs_trans_header) ||
	    get_le32(((const struct xfs_trans_header *)first.p)->th_magic) !=
		    XFS_TRANS_HEADER_MAGIC)
		return "a transaction has no head";
	while (fault == NULL && regions_next(&regions, &first)) {
		const struct xfs_item *item = (const void *)first.p;
		struct regions others = regions;
		unsigned count = first.n < sizeof(*item) ? 0 : get_le16(item->size);

		if (count == 0 || count > XFS_LI_REGIONS_MOST)
			return BAD_ITEM;
		for (; count > 1; count--) {
			if (!regions_next(&regions, &other))
				return "an item is not complete";
		}
		others.end = regions.at;
		fault = fn(r, first, others);
	}
	return fault;
}

static unsigned type_of(struct region first)
{
	return get_le16(((const struct xfs_item *)first.p)->type);
}

/* The cancel of the buffer of BLOCKS, or of ANY number, at AT; NULL when none is left. */
static struct cancel *find_cancel(const struct replay *r, uint64_t at, uint32_t blocks)
{
	struct cancel *c = r->cancels[at % CANCEL_LISTS];

	while (c != NULL &&
	       (c->at != at || (blocks != ANY && c->blocks != blocks) || c->count == 0))
		c = c->next;
	return c;
}

static const char *count_cancel(struct replay *r, uint64_t at, uint32_t blocks)
{
	struct cancel *c = find_cancel(r, at, blocks);

	if (c == NULL) {
		c = arena_alloc(&r->arena, sizeof(*c));
		if (c == NULL)
			return NO_MEMORY;
		*c = (struct cancel){r->cancels[at % CANCEL_LISTS], at, blocks, 0};
		r->cancels[at % CANCEL_LISTS] = c;
	}
	c->count++;
	return NULL;
}

/* A buffer's format, checked; NULL when it is damaged. */
static const struct xfs_buf_log_format *buffer_of(const struct replay *r, struct region first)
{
	const struct xfs_buf_log_format *f = (const void *)first.p;
	uint64_t end = r->fs->base.disk->size / BBSIZE;

	return first.n < sizeof(*f) ||
			       get_le32(f->blf_map_size) > (first.n - sizeof(*f)) / sizeof(le32) ||
			       get_le64(f->blf_blkno) > end ||
			       get_le16(f->blf_len) > end - get_le64(f->blf_blkno)
		       ? NULL
		       : f;
}

static const char *first_pass(struct replay *r, struct region first, struct regions others)
{
	const struct xfs_buf_log_format *f;

	(void)others;
	if (type_of(first) < XFS_LI_FIRST || type_of(first) > XFS_LI_LAST)
		return "an item is of an unknown kind";
	if (type_of(first) != XFS_LI_BUF)
		return NULL;
	f = buffer_of(r, first);
	if (f == NULL)
		return BAD_ITEM;
	return get_le16(f->blf_flags) & XFS_BLF_CANCEL
		       ? count_cancel(r, get_le64(f->blf_blkno), get_le16(f->blf_len))
		       : NULL;
}

static const char *change(struct replay *r, uint64_t at, const uint8_t *bytes, size_t n)
{
	if (inodes_spend(&r->fs->base, n) != OK)
		return "it takes too long";
	return xfs_changes_put(&r->fs->changes, r->lsn, at, bytes, n) ? NULL : NO_MEMORY;
}

/* True for a buffer that a reader of files may read. Of the buffers of inodes Linux replays nothing
 * but what a reader does not need. */
static bool is_read(unsigned flags)
{
	const uint32_t kinds = 1u << 0 | 1u << XFS_BLFT_BTREE | 1u << XFS_BLFT_DINO |
			       1u << XFS_BLFT_SYMLINK | 1u << XFS_BLFT_DIR_BLOCK |
			       1u << XFS_BLFT_DIR_DATA | 1u << XFS_BLFT_SB;

	return !(flags & (XFS_BLF_INODE_BUF | XFS_BLF_DQUOT_BUF)) &&
	       kinds >> (flags >> XFS_BLFT_SHIFT) & 1;
}

static bool is_mapped(const struct xfs_buf_log_format *f, uint32_t chunk)
{
	const le32 *map = (const le32 *)(f + 1);

	return chunk / 32 < get_le32(f->blf_map_size) &&
	       get_le32(map[chunk / 32]) >> chunk % 32 & 1;
}

static const char *replay_buffer(struct replay *r, struct region first, struct regions others)
{
	const struct xfs_buf_log_format *f = buffer_of(r, first);
	const char *fault = NULL;
	struct region region;
	uint32_t chunks, i = 0;
	uint64_t at;

	if (f == NULL)
		return BAD_ITEM;
	at = get_le64(f->blf_blkno);
	chunks = get_le16(f->blf_len) * (BBSIZE / XFS_BLF_CHUNK);
	if (get_le16(f->blf_flags) & XFS_BLF_CANCEL || !is_read(get_le16(f->blf_flags)) ||
	    find_cancel(r, at, get_le16(f->blf_len)) != NULL)
		return NULL;
	while (fault == NULL && i < get_le32(f->blf_map_size) * 32) {
		uint32_t n = 0;

		if (!is_mapped(f, i)) {
			i++;
			continue;
		}
		if (!regions_next(&others, &region))
			return BAD_ITEM;
		/* A region may be shorter than its run of bits, which the next one continues. */
		while (n < region.n / XFS_BLF_CHUNK && is_mapped(f, i + n))
			n++;
		if (n == 0 || i + n > chunks)
			return BAD_ITEM;
		fault = change(r, at * BBSIZE + i * XFS_BLF_CHUNK, region.p, n * XFS_BLF_CHUNK);
		i += n;
	}
	return fault;
}

/* True when a cancel is left for a buffer that begins in the BLOCKS blocks from BLOCK on. */
static bool any_cancel(const struct replay *r, uint64_t block, uint32_t blocks)
{
	const unsigned bits = r->fs->super.block_bits;

	for (uint32_t i = 0; i < blocks; i++) {
		if (find_cancel(r, (block + i) << bits >> BB_BITS, ANY) != NULL)
			return true;
	}
	return false;
}

static const char *replay_icreate(struct replay *r, struct region first)
{
	const struct xfs_icreate_log *raw = (const void *)first.p;
	const struct xfs_super *s = &r->fs->super;
	struct xfs_dinode made = {.di_magic = to_be16(XFS_DINODE_MAGIC),
				  .di_version = XFS_DINODE_VERSION_3};
	uint32_t count, blocks;
	uint64_t number, block;
	const char *fault = NULL;

	if (first.n < sizeof(*raw) || !s->v5)
		return BAD_ITEM;
	count = get_be32(raw->icl_count);
	blocks = get_be32(raw->icl_length);
	number = (uint64_t)get_be32(raw->icl_ag) << s->ag_bits | get_be32(raw->icl_agbno);
	if (get_be32(raw->icl_isize) != s->inode_size || count == 0 || count > XFS_CHUNK_MOST ||
	    count != (uint64_t)blocks << s->per_block_bits ||
	    get_be32(raw->icl_agbno) >> s->ag_bits != 0 || !xfs_place(s, number, blocks, &block))
		return BAD_ITEM;
	memcpy(made.di_uuid, s->meta_uuid, sizeof(made.di_uuid));
	for (uint32_t i = 0; i < count && fault == NULL && !any_cancel(r, block, blocks); i++) {
		made.di_ino = to_be64((number << s->per_block_bits) + i);
		fault = change(r, (block << s->block_bits) + ((uint64_t)i << s->inode_bits),
			       (const uint8_t *)&made, sizeof(made));
	}
	return fault;
}

/* Makes CORE the core of an inode as the disk has it, from N bytes of the log, which turns each
 * field around. */
static void turn_core(uint8_t *core, const uint8_t *logged, size_t n, bool bigtime)
{
	/* The bytes of each field of struct xfs_dinode; those of a time are two. */
	static const uint8_t widths[] = {2, 2, 1, 1, 2, 4, 4, 4, 2, 2, 8, 4, 4, 4, 4, 4,
					 4, 8, 8, 4, 4, 2, 1, 1, 4, 2, 2, 4, 4, 4, 8, 8,
					 8, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 8, 8};
	const size_t times = offsetof(struct xfs_dinode, di_atime),
		     behind = offsetof(struct xfs_dinode, di_size);
	size_t at = 0;

	for (size_t i = 0; i < sizeof(widths) && at < n; at += widths[i++]) {
		/* With BIGTIME a time is one number: its halves change places, too. */
		size_t to = bigtime && at >= times && at < behind ? at ^ 4 : at;

		for (size_t k = 0; k < widths[i]; k++)
			core[to + k] = logged[at + widths[i] - 1 - k];
	}
}

/* The root of a B+tree is logged as it is in memory, where it is a block of the tree. Makes ROOT of
 * it, which has SIZE bytes. */
static bool pack_root(const struct xfs *fs, struct region logged, uint8_t *root, size_t size)
{
	const struct xfs_bmbt_block *raw = (const void *)logged.p;
	const size_t head = fs->super.v5 ? sizeof(*raw) : XFS_BMBT_BLOCK_SIZE_OLD;
	struct xfs_bmdr_block *to = (void *)root;
	size_t n, room, count;

	if (logged.n < head || size < sizeof(*to))
		return false;
	room = (logged.n - head) / (2 * sizeof(be64));
	n = (size - sizeof(*to)) / (2 * sizeof(be64));
	count = get_be16(raw->bb_numrecs);
	if (count > room || count > n)
		return false;
	to->bb_level = raw->bb_level;
	to->bb_numrecs = raw->bb_numrecs;
	memcpy(to + 1, logged.p + head, count * sizeof(be64));
	memcpy((be64 *)(to + 1) + n, (const be64 *)(logged.p + head) + room, count * sizeof(be64));
	return true;
}

/* Replays the data fork, which lies at byte AT and may have SIZE bytes. */
static const char *replay_fork(struct replay *r, uint32_t fields, uint64_t at, size_t size,
			       struct region fork)
{
	uint8_t root[XFS_INODE_SIZE_MAX] = {0};

	if (!(fields & XFS_ILOG_DBROOT))
		return fork.n > size || fork.n % WORD != 0 ? BAD_ITEM
							   : change(r, at, fork.p, fork.n);
	return pack_root(r->fs, fork, root, size) ? change(r, at, root, size / WORD * WORD)
						  : BAD_ITEM;
}

/* Where the inode of FORMAT lies: its buffer, and the byte of that. False when it is impossible. */
static bool inode_place(const struct replay *r, struct region format,
			struct xfs_inode_log_format *f)
{
	const size_t pad = sizeof(f->ilf_pad),
		     before = offsetof(struct xfs_inode_log_format, ilf_pad);
	uint64_t end = r->fs->base.disk->size / BBSIZE, bytes;

	*f = (struct xfs_inode_log_format){0};
	if (format.n == sizeof(*f)) {
		memcpy(f, format.p, sizeof(*f));
	} else if (format.n == sizeof(*f) - pad) { /* as 32-bit machines write it */
		memcpy(f, format.p, before);
		memcpy((uint8_t *)f + before + pad, format.p + before, format.n - before);
	} else {
		return false;
	}
	bytes = (uint64_t)get_le32(f->ilf_len) * BBSIZE;
	return get_le64(f->ilf_blkno) <= end &&
	       get_le32(f->ilf_len) <= end - get_le64(f->ilf_blkno) &&
	       get_le32(f->ilf_boffset) % r->fs->super.inode_size == 0 &&
	       get_le32(f->ilf_boffset) < bytes;
}

static const char *replay_inode(struct replay *r, struct region first, struct regions others)
{
	const struct xfs_super *s = &r->fs->super;
	const size_t begin = s->v5 ? sizeof(struct xfs_dinode) : XFS_DINODE_SIZE_OLD;
	struct xfs_inode_log_format f;
	struct xfs_dinode core = {0};
	const struct xfs_dinode *logged;
	struct region region;
	uint32_t fields;
	const char *fault;
	uint64_t at;
	size_t fork, n = s->v5 ? sizeof(core) : XFS_LOG_DINODE_SIZE_OLD;

	if (!inode_place(r, first, &f) || !regions_next(&others, &region) || region.n < n)
		return BAD_ITEM;
	if (find_cancel(r, get_le64(f.ilf_blkno), get_le32(f.ilf_len)) != NULL)
		return NULL;
	logged = (const void *)region.p;
	turn_core((uint8_t *)&core, region.p, n,
		  s->v5 && get_le64(*(const le64 *)&logged->di_flags2) & XFS_DIFLAG2_BIGTIME);
	memcpy(core.di_uuid, logged->di_uuid, sizeof(core.di_uuid));
	fork = core.di_forkoff != 0 ? core.di_forkoff * 8u : s->inode_size - begin;
	if (get_be16(core.di_magic) != XFS_DINODE_MAGIC || fork > s->inode_size - begin)
		return BAD_ITEM;
	at = get_le64(f.ilf_blkno) * BBSIZE + get_le32(f.ilf_boffset);
	fault = change(r, at, (const uint8_t *)&core, n);
	fields = get_le32(f.ilf_fields) & (XFS_ILOG_DDATA | XFS_ILOG_DEXT | XFS_ILOG_DBROOT);
	if (fault != NULL || fields == 0)
		return fault;
	return regions_next(&others, &region) ? replay_fork(r, fields, at + begin, fork, region)
					      : BAD_ITEM;
}

/* Remembers the inodes of a long operation, of which Linux does the rest when it mounts; forgets
 * them when the log says that it was DONE. */
static const char *replay_intent(struct replay *r, struct region first, bool done, unsigned inodes)
{
	const struct xfs_intent *raw = (const void *)first.p;
	struct xfs_unfinished *u = r->fs->unfinished;
	unsigned i = 0;

	if (first.n < offsetof(struct xfs_intent, inodes) + inodes * sizeof(le64))
		return BAD_ITEM;
	while (i < XFS_UNFINISHED_MOST &&
	       !(done ? u[i].id == get_le64(raw->id) : u[i].inodes[0] == 0))
		i++;
	if (i == XFS_UNFINISHED_MOST)
		return done ? NULL : "too many operations are not finished";
	u[i] = (struct xfs_unfinished){.id = get_le64(raw->id)};
	for (unsigned k = 0; k < inodes; k++)
		u[i].inodes[k] = get_le64(raw->inodes[k]);
	return NULL;
}

static const char *replay_blocks(struct replay *r, struct region first, struct regions others)
{
	return type_of(first) == XFS_LI_BUF       ? replay_buffer(r, first, others)
	       : type_of(first) == XFS_LI_ICREATE ? replay_icreate(r, first)
						  : NULL;
}

static const char *replay_others(struct replay *r, struct region first, struct regions others)
{
	switch (type_of(first)) {
	case XFS_LI_INODE:
		return replay_inode(r, first, others);
	case XFS_LI_BUI:
		return replay_intent(r, first, false, 1);
	case XFS_LI_XMI:
		return replay_intent(r, first, false, 2);
	case XFS_LI_BUD:
	case XFS_LI_XMD:
		return replay_intent(r, first, true, 0);
	default:
		return NULL;
	}
}

/* One cancel less is left, for what follows. */
static const char *pass_cancel(struct replay *r, struct region first, struct regions others)
{
	const struct xfs_buf_log_format *f;
	struct cancel *c;

	(void)others;
	if (type_of(first) != XFS_LI_BUF)
		return NULL;
	f = buffer_of(r, first);
	if (f == NULL)
		return BAD_ITEM;
	c = find_cancel(r, get_le64(f->blf_blkno), get_le16(f->blf_len));
	if (get_le16(f->blf_flags) & XFS_BLF_CANCEL && c != NULL)
		c->count--;
	return NULL;
}

const char *replay_find_cancels(void *replay, struct regions regions)
{
	return each_item(replay, regions, first_pass);
}

/* Linux replays the items of a transaction in this order, too. */
const char *replay_apply(void *replay, struct regions regions)
{
	const char *fault;

	((struct replay *)replay)->lsn = regions.lsn;
	fault = each_item(replay, regions, replay_blocks);
	if (fault == NULL)
		fault = each_item(replay, regions, replay_others);
	return fault == NULL ? each_item(replay, regions, pass_cancel) : fault;
}
