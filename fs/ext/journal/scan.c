/* Reading the log: one pass over its transactions. Each counts once its commit block is found.
 *
 * The kernel makes three passes over the same blocks (scan, revoke, replay). As nothing is written
 * here, one is enough: copies and revoke records go into the map as they come, and those behind the
 * last good commit are cut off at the end. */
#include "base/crc.h"
#include "base/mem.h"
#include "fs/ext/block.h"
#include "fs/ext/file.h"
#include "fs/ext/journal/checksum.h"
#include "fs/ext/journal/jbd2.h"

struct scan {
	struct jbd2 *j;
	struct journal_map *map;
	uint32_t next;          /* the block to read next */
	uint32_t left;          /* blocks until the ring is read once: no log is longer */
	uint32_t tid;           /* the transaction that is being read */
	uint32_t good;          /* the one after the last that counts */
	size_t copies, revokes; /* in the map at the end of the last that counts */
	uint64_t last_commit;   /* its time, in seconds */
	bool doubtful;          /* a descriptor or revoke block has a wrong checksum */
	bool overlong;          /* a revoke block claims more than a block can hold */
	uint32_t crc;           /* version 1: of the transaction's blocks so far */
	uint32_t run_at;        /* the block of the journal that RUN begins with */
	struct run run;         /* where that block and those behind it lie on the disk */
	uint64_t blocks;        /* of the whole disk */
	bool ended;
};

/* Goes N blocks further along the ring. False, and the log has ended, when so many are not left. */
static bool advance(struct scan *s, uint32_t n)
{
	if (n > s->left) {
		s->ended = true;
		return false;
	}
	s->left -= n;
	s->next += n;
	if (s->next >= s->j->end)
		s->next -= s->j->end - s->j->first;
	return true;
}

/* Ends the log at the transaction that is being read, with a remark. */
static void damaged(struct scan *s, const char *how)
{
	s->ended = true;
	note(s->j->fs->base.vol.report,
	     "%.*s: transaction %u of the journal is damaged (%s): it and what follows is not "
	     "used; repair it with e2fsck",
	     STR_ARG(s->j->fs->base.vol.name), s->good, how);
}

/* Decodes a tag of any of the three sizes into COPY, and returns its flags. COPY is not cleared
 * first: there are thousands of tags. */
static uint32_t tag_decode(const struct jbd2 *j, const uint8_t *raw, struct journal_copy *copy)
{
	const struct journal_block_tag3 *tag3 = (const void *)raw;
	const struct journal_block_tag *tag = (const void *)raw;
	uint32_t flags = j->csum_v3 ? get_be32(tag3->t_flags) : get_be16(tag->t_flags);
	uint32_t low = get_be32(j->csum_v3 ? tag3->t_blocknr : tag->t_blocknr), high = 0;

	if (j->wide)
		high = get_be32(j->csum_v3 ? tag3->t_blocknr_high : tag->t_blocknr_high);
	copy->home = join32(low, high);
	copy->checksum = j->csum_v3 ? get_be32(tag3->t_checksum) : get_be16(tag->t_checksum);
	copy->escaped = flags & JBD2_FLAG_ESCAPE;
	copy->checked = !j->csum_v2 && !j->csum_v3;
	return flags;
}

/* Finds the block of the disk that BLOCK of the journal is; 0 for a hole. */
static enum status place_of(struct scan *s, uint32_t block, uint64_t *place)
{
	uint32_t into = block - s->run_at;
	enum status status = OK;

	if (into >= s->run.count) {
		status = ext_map(s->j->fs, s->j->inode, block, &s->run);
		s->run_at = block;
		into = 0;
	}
	*place = s->run.block != 0 ? s->run.block + into : 0;
	return status;
}

/* Adds the next data block to the map, as COPY. The block itself is read only for version 1, where
 * the checksum of the commit is over it. A checksum of its own is verified when it is used. */
static enum status add_copy(struct scan *s, struct journal_copy *copy)
{
	struct jbd2 *j = s->j;
	uint32_t block = s->next;
	const uint8_t *data = NULL;
	enum status status = OK;

	if (!advance(s, 1))
		return OK;
	if (j->csum_v1)
		status = jbd2_block(j, block, &data);
	if (status != OK)
		return status;
	if (j->csum_v1)
		s->crc = crc32_be(s->crc, data, j->block_size);
	status = inodes_spend(&j->fs->base, COST_STEP);
	if (status == OK)
		status = place_of(s, block, &copy->at);
	if (status != OK)
		return status;
	if (copy->at == 0) {
		damaged(s, "the journal's file has a hole");
		return OK;
	}
	copy->tid = s->tid;
	/* Not super.blocks: the log may hold a new superblock, of a file system that has grown. */
	return copy->home < s->blocks ? journal_map_add(s->map, copy) : OK;
}

/* Adds the data blocks of a descriptor. BLOCK has room for a copy of it: reading the data blocks
 * may replace WINDOW. */
static enum status add_descriptor(struct scan *s, const uint8_t *window, uint8_t *block)
{
	const struct jbd2 *j = s->j;
	size_t end = j->block_size - (j->csum_v2 || j->csum_v3 ? JBD2_TAIL_BYTES : 0);
	size_t at = sizeof(struct journal_header);
	uint32_t flags = 0;
	struct journal_copy copy = {0};
	enum status status = OK;

	memcpy(block, window, j->block_size);
	s->doubtful |= !jbd2_checksum_tail(j, block);
	if (j->csum_v1)
		s->crc = crc32_be(s->crc, block, j->block_size);
	while (status == OK && !s->ended && !(flags & JBD2_FLAG_LAST_TAG) &&
	       at + j->tag_bytes <= end) {
		flags = tag_decode(j, block + at, &copy);
		status = add_copy(s, &copy);
		at += j->tag_bytes + (flags & JBD2_FLAG_SAME_UUID ? 0 : JBD2_UUID_BYTES);
	}
	return status;
}

/* Adds a revoke record. When there is no room, those of the transactions that count are made use of
 * first: there may be millions in a log. */
static enum status add_revoke(struct scan *s, uint64_t home)
{
	enum status status = inodes_spend(&s->j->fs->base, COST_REVOKE);

	if (status != OK)
		return status;
	status = journal_map_revoke(s->map, home, s->tid);
	if (status != E_LIMIT || s->revokes == 0)
		return status;
	s->copies = journal_map_settle(s->map, s->copies, s->revokes);
	s->revokes = 0;
	return journal_map_revoke(s->map, home, s->tid);
}

static enum status add_revokes(struct scan *s, const uint8_t *block)
{
	const struct jbd2 *j = s->j;
	const struct journal_revoke_header *header = (const void *)block;
	size_t most = j->block_size - (j->csum_v2 || j->csum_v3 ? JBD2_TAIL_BYTES : 0);
	size_t size = j->wide ? sizeof(be64) : sizeof(be32), used = get_be32(header->r_count);
	enum status status = OK;

	s->doubtful |= !jbd2_checksum_tail(j, block);
	if (used > most) {
		s->overlong = true;
		return OK;
	}
	for (size_t at = sizeof(*header); status == OK && at + size <= used; at += size) {
		const uint8_t *p = block + at;
		uint64_t home = j->wide ? get_be64(*(const be64 *)p) : get_be32(*(const be32 *)p);

		status = add_revoke(s, home);
	}
	return status;
}

/* Ends a transaction. It counts if its checksums are right; else the log ends with the one before.
 * A bad commit that is older than the last good one was left there by an earlier round of the ring.
 * Any other bad commit is damage, and the kernel would not mount the disk. But with async_commit a
 * commit may have reached the disk before the blocks of its transaction: then one bad commit is no
 * damage, unless another follows. */
static void end_transaction(struct scan *s, const uint8_t *block)
{
	const struct commit_header *commit = (const void *)block;
	uint64_t time = get_be64(commit->h_commit_sec);
	bool good = !s->doubtful && jbd2_checksum_commit(s->j, block, s->crc);
	bool stale = !good && time < s->last_commit;
	bool bad = !good && (s->doubtful || !s->j->async);

	if (s->good != s->tid || (bad && !stale)) {
		damaged(s, "wrong checksum");
	} else if (stale) {
		s->ended = true;
	} else if (!good) {
		/* The kernel looks for a second commit only with version 1. */
		s->ended = !s->j->csum_v1;
		s->tid++;
	} else if (s->overlong) {
		damaged(s, "a block of revoke records says that it is longer than a block");
	} else {
		s->last_commit = time;
		s->copies = s->map->count;
		s->revokes = s->map->revokes_count;
		s->crc = ~0u;
		s->good = ++s->tid;
	}
}

/* Reads the next block of the log and what belongs to it; SCRATCH has room for one block. */
static enum status step(struct scan *s, uint8_t *scratch)
{
	const struct journal_header *header;
	const uint8_t *block;
	enum status status = jbd2_block(s->j, s->next, &block);

	if (status != OK)
		return status;
	header = (const void *)block;
	s->ended = get_be32(header->h_magic) != JBD2_MAGIC_NUMBER ||
		   get_be32(header->h_sequence) != s->tid || !advance(s, 1);
	if (s->ended)
		return OK;
	switch (get_be32(header->h_blocktype)) {
	case JBD2_DESCRIPTOR_BLOCK:
		return add_descriptor(s, block, scratch);
	case JBD2_REVOKE_BLOCK:
		return add_revokes(s, block);
	case JBD2_COMMIT_BLOCK:
		end_transaction(s, block);
		return OK;
	default:
		s->ended = true;
		return OK;
	}
}

enum status jbd2_scan(struct jbd2 *j, struct journal_map *map)
{
	struct scan s = {
		.j = j,
		.map = map,
		.next = j->start,
		.left = j->end - j->first,
		.tid = j->sequence,
		.good = j->sequence,
		.crc = ~0u,
		.blocks = j->fs->base.disk->size / j->block_size,
		.ended = j->start == 0,
	};
	uint8_t *scratch = mem_alloc(j->block_size);
	enum status status = OK;

	if (scratch == NULL)
		status = E_NO_MEMORY;
	while (status == OK && !s.ended)
		status = step(&s, scratch);
	mem_free(scratch, j->block_size);
	if (status == E_NO_MEMORY)
		return fail(j->fs->base.vol.report, status,
			    "%.*s: no memory for the %zu blocks of its journal",
			    STR_ARG(j->fs->base.vol.name), map->count);
	if (status == E_LIMIT && journal_map_full(map))
		return fail(j->fs->base.vol.report, status,
			    "%.*s: its journal names more than %u blocks at once",
			    STR_ARG(j->fs->base.vol.name), JOURNAL_RECORDS_MAX);
	if (status != OK)
		return status;
	j->sequence = s.good;
	map->count = s.copies;
	map->revokes_count = s.revokes;
	map->seed = j->seed;
	map->checksum_bits = j->csum_v3 ? UINT32_MAX : UINT16_MAX;
	journal_map_finish(map);
	return OK;
}
