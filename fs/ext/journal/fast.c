/* Fast commits: is there a complete one? What it changes is not read. */
#include "base/crc.h"
#include "fs/ext/journal/jbd2.h"

/* The records of one fast commit, from its head to its tail. */
struct chain {
	uint32_t tid; /* the transaction that it must belong to */
	uint32_t crc; /* of the records so far */
	bool begun, whole, broken;
};

static void read_head(struct chain *c, const uint8_t *value, size_t bytes)
{
	const struct ext4_fc_head *head = (const void *)value;

	c->begun = bytes == sizeof(*head) && get_le32(head->fc_features) == 0 &&
		   get_le32(head->fc_tid) == c->tid;
	c->broken = !c->begun;
}

static void read_tail(struct chain *c, const uint8_t *value, size_t bytes, uint32_t crc)
{
	const struct ext4_fc_tail *tail = (const void *)value;

	crc = crc32c(crc, value, offsetof(struct ext4_fc_tail, fc_crc));
	c->whole = bytes >= sizeof(*tail) && get_le32(tail->fc_tid) == c->tid &&
		   get_le32(tail->fc_crc) == crc;
	c->broken = !c->whole;
}

/* Follows the chain through one block, as the kernel's ext4_fc_replay_scan() does. */
static void read_block(struct chain *c, const uint8_t *block, size_t size)
{
	size_t at = 0;

	while (!c->whole && !c->broken && size - at >= sizeof(struct ext4_fc_tl)) {
		const struct ext4_fc_tl *tl = (const void *)(block + at);
		unsigned tag = get_le16(tl->fc_tag);
		size_t bytes = get_le16(tl->fc_len);
		const uint8_t *value = block + at + sizeof(*tl);
		uint32_t crc = crc32c(c->crc, tl, sizeof(*tl));

		if (bytes > size - at - sizeof(*tl) || (!c->begun && tag != EXT4_FC_TAG_HEAD)) {
			c->broken = true;
			return;
		}
		if (tag == EXT4_FC_TAG_TAIL)
			read_tail(c, value, bytes, crc);
		else if (tag == EXT4_FC_TAG_HEAD)
			read_head(c, value, bytes);
		else
			c->broken = tag < EXT4_FC_TAG_ADD_RANGE || tag > EXT4_FC_TAG_PAD;
		c->crc = crc32c(crc, value, bytes);
		at += sizeof(*tl) + bytes;
	}
}

enum status jbd2_has_fast_commits(struct jbd2 *j, bool *answer)
{
	struct chain c = {.tid = j->sequence};
	const uint8_t *block;
	enum status status = OK;

	/* The kernel does not read fast commits either when the log is empty. */
	for (uint32_t at = j->fast; j->start != 0 && at < j->fast_end && !c.whole && !c.broken;
	     at++) {
		status = jbd2_block(j, at, &block);
		if (status != OK)
			return status;
		read_block(&c, block, j->block_size);
	}
	*answer = c.whole;
	return OK;
}
