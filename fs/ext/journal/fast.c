/* Fast commits: which of their records count? What these do, fs/ext/replay.c does again. */
#include "base/crc.h"
#include "base/mem.h"
#include "fs/ext/journal/jbd2.h"
#include "fs/ext/state.h"

/* The largest area that is read. Linux takes 256 blocks for it, unless mke2fs was told otherwise.
 */
#define AREA_MOST (64u * 1024 * 1024)

struct fast {
	uint32_t tid;      /* the transaction that they must belong to */
	uint32_t crc;      /* of the records since the last tail */
	size_t inode_size; /* bytes: an inode's record has no more */
	bool ended;
	const char *fault; /* for which Linux refuses the disk; NULL: none */
	bool good;         /* one of them counts */
	struct fast_records *records;
	size_t n; /* bytes of records that were read; those up to the last tail count */
};

static bool is_valid(const struct fast *f, unsigned tag, size_t bytes)
{
	const size_t name = sizeof(struct ext4_fc_dentry_info);
	const size_t inode = sizeof(struct ext4_fc_inode);

	switch (tag) {
	case EXT4_FC_TAG_ADD_RANGE:
		return bytes == sizeof(struct ext4_fc_add_range);
	case EXT4_FC_TAG_DEL_RANGE:
		return bytes == sizeof(struct ext4_fc_del_range);
	case EXT4_FC_TAG_CREAT:
	case EXT4_FC_TAG_LINK:
	case EXT4_FC_TAG_UNLINK:
		return bytes > name && bytes - name <= NAME_MAX_BYTES;
	case EXT4_FC_TAG_INODE:
		return bytes >= inode + EXT4_GOOD_OLD_INODE_SIZE && bytes <= inode + f->inode_size;
	case EXT4_FC_TAG_PAD:
		return true;
	case EXT4_FC_TAG_TAIL:
		return bytes >= sizeof(struct ext4_fc_tail);
	default:
		return tag == EXT4_FC_TAG_HEAD && bytes == sizeof(struct ext4_fc_head);
	}
}

/* Ends the reading. That is damage in the first fast commit; a later one was only interrupted. */
static void end(struct fast *f, const char *fault)
{
	f->ended = true;
	if (!f->good)
		f->fault = fault;
}

static void read_head(struct fast *f, const uint8_t *value)
{
	const struct ext4_fc_head *head = (const void *)value;

	if (get_le32(head->fc_features) != 0)
		f->fault = "it has features that are not known";
	f->ended = f->fault != NULL || get_le32(head->fc_tid) != f->tid;
}

/* All records up to a tail with the right checksum count. It begins anew behind each. */
static void read_tail(struct fast *f, const uint8_t *value, uint32_t crc)
{
	const struct ext4_fc_tail *tail = (const void *)value;

	crc = crc32c(crc, value, offsetof(struct ext4_fc_tail, fc_crc));
	f->crc = 0;
	if (get_le32(tail->fc_tid) != f->tid || get_le32(tail->fc_crc) != crc) {
		end(f, "wrong checksum");
		return;
	}
	f->good = true;
	f->records->n = f->n;
}

/* Reads the records of one block, as the kernel's ext4_fc_replay_scan() does. */
static void read_block(struct fast *f, const uint8_t *block, size_t size)
{
	size_t at = 0, bytes;

	for (; !f->ended && size - at >= sizeof(struct ext4_fc_tl); at += bytes) {
		const struct ext4_fc_tl *tl = (const void *)(block + at);
		unsigned tag = get_le16(tl->fc_tag);
		const uint8_t *value = block + at + sizeof(*tl);
		uint32_t crc = crc32c(f->crc, tl, sizeof(*tl));

		bytes = sizeof(*tl) + get_le16(tl->fc_len);
		if (bytes > size - at || !is_valid(f, tag, get_le16(tl->fc_len))) {
			end(f, "a record has no sense");
			return;
		}
		if (tag == EXT4_FC_TAG_TAIL) {
			read_tail(f, value, crc);
			continue;
		}
		f->crc = crc32c(crc, value, get_le16(tl->fc_len));
		if (tag == EXT4_FC_TAG_HEAD) {
			read_head(f, value);
		} else if (tag != EXT4_FC_TAG_PAD) {
			memcpy(f->records->bytes + f->n, tl, bytes);
			f->n += bytes;
		}
	}
}

/* Makes room for the records when the first block of the area looks like a fast commit. */
static enum status begin(struct jbd2 *j, struct fast_records *records)
{
	uint64_t area = (uint64_t)(j->fast_end - j->fast) * j->block_size;
	struct report *r = j->fs->base.vol.report;
	const uint8_t *block;
	enum status status = jbd2_block(j, j->fast, &block);

	if (status != OK)
		return status;
	if (get_le16(((const struct ext4_fc_tl *)block)->fc_tag) != EXT4_FC_TAG_HEAD)
		return OK;
	if (area > AREA_MOST) {
		note(r, "%.*s: its fast commits are not used, as their area has more than %u bytes",
		     STR_ARG(j->fs->base.vol.name), AREA_MOST);
		return OK;
	}
	records->bytes = mem_alloc((size_t)area);
	records->room = (size_t)area;
	return records->bytes != NULL ? OK : fail(r, E_NO_MEMORY, "no memory for fast commits");
}

enum status jbd2_fast_commits(struct jbd2 *j, struct fast_records *records)
{
	struct fast f = {
		.tid = j->sequence, .inode_size = j->fs->super.inode_size, .records = records};
	const uint8_t *block;
	enum status status;

	/* The kernel does not read fast commits either when the log is empty. */
	if (j->start == 0 || j->fast == j->fast_end)
		return OK;
	status = begin(j, records);
	f.ended = records->bytes == NULL;
	for (uint32_t at = j->fast; status == OK && at < j->fast_end && !f.ended; at++) {
		status = jbd2_block(j, at, &block);
		if (status == OK)
			read_block(&f, block, j->block_size);
	}
	if (f.fault != NULL)
		note(j->fs->base.vol.report,
		     "%.*s: a fast commit in the journal is damaged (%s): it and what follows is "
		     "not used; repair it with e2fsck",
		     STR_ARG(j->fs->base.vol.name), f.fault);
	return status;
}

void fast_records_free(struct fast_records *r)
{
	mem_free(r->bytes, r->room);
	*r = (struct fast_records){0};
}
