/* Extents, in the inode or in a B+tree: from a file's block to the run of disk blocks that holds
 * it. */
#include "fs/xfs/block.h"
#include "fs/xfs/file.h"

/* A list of extents, or a node on the way down the tree, and the blocks of the file that it covers.
 */
struct node {
	const uint8_t *records;  /* extents; above the leaves the first blocks of the children */
	const uint8_t *children; /* above the leaves: their block numbers */
	uint64_t count;          /* records */
	uint64_t block;          /* on the disk; 0: it lies in the inode */
	unsigned level;          /* of nodes below it */
	uint64_t from, until;
};

/* A record, decoded: an extent, or above the leaves a child, which is one block. */
struct extent {
	uint64_t at, number, count; /* in the file, on the disk, how many blocks */
	bool unwritten;
};

static struct extent record(const struct node *n, uint64_t i)
{
	const struct xfs_bmbt_rec *r = (const struct xfs_bmbt_rec *)n->records + i;
	uint64_t l0, l1;

	if (n->level > 0)
		return (struct extent){.at = get_be64(((const be64 *)n->records)[i]),
				       .number = get_be64(((const be64 *)n->children)[i]),
				       .count = 1};
	l0 = get_be64(r->l0);
	l1 = get_be64(r->l1);
	return (struct extent){.at = l0 << 1 >> 10,
			       .number = (l0 & 0x1ff) << 43 | l1 >> 21,
			       .count = l1 & 0x1fffff,
			       .unwritten = l0 >> 63};
}

/* What is wrong with the records of a node, in words; NULL when nothing is. */
static const char *fault_in_records(const struct xfs *fs, const struct node *n)
{
	uint64_t next = n->from, block;

	for (uint64_t i = 0; i < n->count; i++) {
		struct extent e = record(n, i);

		if (e.count == 0)
			return "an extent is empty";
		if (e.at < next)
			return "extents overlap or are not in order";
		if (!xfs_place(&fs->super, e.number, e.count, &block))
			return "an extent lies outside the file system";
		next = e.at + e.count;
	}
	return NULL;
}

/* Fills in where the records of a tree's node begin: behind the header, with room for SIZE bytes of
 * them. What is wrong with their number, in words; NULL when nothing is. */
static const char *lay_out(struct node *n, const uint8_t *begin, size_t size)
{
	size_t room = size / sizeof(struct xfs_bmbt_rec); /* as long as a key and a pointer */

	n->records = begin;
	n->children = begin + room * sizeof(be64);
	if (n->count > room)
		return "it has more records than room";
	return n->count == 0 ? "it leads nowhere" : NULL;
}

static const char *fault_in_block(struct xfs *fs, const struct xfs_inode *inode, struct node *n,
				  const uint8_t *bytes)
{
	const struct xfs_bmbt_block *raw = (const void *)bytes;
	const size_t size = fs->super.block_size;
	const uint64_t at = n->block << fs->super.block_bits;
	const struct xfs_mark mark = {.bytes = bytes,
				      .n = size,
				      .crc_at = offsetof(struct xfs_bmbt_block, bb_crc),
				      .uuid = raw->bb_uuid,
				      .owner = raw->bb_owner,
				      .at = at,
				      .lsn_at = offsetof(struct xfs_bmbt_block, bb_lsn),
				      .first = xfs_changes_first(&fs->changes, at, size)};

	if (get_be32(raw->bb_magic) != (fs->super.v5 ? XFS_BMAP_CRC_MAGIC : XFS_BMAP_MAGIC))
		return "it has no magic number";
	if (get_be16(raw->bb_level) != n->level)
		return "its level is wrong";
	return xfs_fault_in_mark(fs, inode->base.number, &mark);
}

static enum status damaged(struct xfs *fs, const struct xfs_inode *inode, const struct node *n,
			   const char *fault)
{
	unsigned long number = (unsigned long)inode->base.number;

	if (n->block == 0)
		return fail(fs->base.vol.report, E_CORRUPT,
			    "inode %lu: the root of its extent tree is damaged: %s", number, fault);
	return fail(fs->base.vol.report, E_CORRUPT,
		    "inode %lu: its extent tree is damaged at block %lu: %s", number,
		    (unsigned long)n->block, fault);
}

/* Makes N the list, or the root of the tree, that lies in the inode. */
static enum status root(struct xfs *fs, const struct xfs_inode *inode, struct node *n)
{
	const struct xfs_bmdr_block *raw = (const void *)inode->fork;
	const char *fault = NULL;

	*n = (struct node){.records = inode->fork,
			   .children = inode->fork,
			   .count = inode->extents,
			   .until = UINT64_MAX};
	if (inode->format == XFS_DINODE_FMT_BTREE) {
		n->level = get_be16(raw->bb_level);
		n->count = get_be16(raw->bb_numrecs);
		if (n->level == 0 || n->level > XFS_BTREE_LEVELS || inode->fork_size < sizeof(*raw))
			fault = "its level is wrong";
		else
			fault = lay_out(n, inode->fork + sizeof(*raw),
					inode->fork_size - sizeof(*raw));
	}
	if (fault == NULL)
		fault = fault_in_records(fs, n);
	return fault == NULL ? OK : damaged(fs, inode, n, fault);
}

/* How many of the node's records begin at block AT of the file or before it. */
static uint64_t search(const struct node *n, uint64_t at)
{
	uint64_t low = 0, high = n->count;

	while (low < high) {
		uint64_t middle = (low + high) / 2;

		if (record(n, middle).at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Goes down to child number BELOW - 1 of N: N becomes that node, checked. */
static enum status descend(struct xfs *fs, const struct xfs_inode *inode, struct node *n,
			   uint64_t below)
{
	const size_t header =
		fs->super.v5 ? sizeof(struct xfs_bmbt_block) : XFS_BMBT_BLOCK_SIZE_OLD;
	/* What a cached block was checked for: under another inode, or at another height, it must
	 * be checked again. */
	uint64_t proof = inode->base.number << 8 | n->level;
	struct extent child = record(n, below - 1);
	struct node next = {.level = n->level - 1, .from = child.at, .until = n->until};
	struct cache_slot *slot;
	const char *fault;
	enum status status;

	if (below < n->count)
		next.until = record(n, below).at;
	(void)xfs_place(&fs->super, child.number, 1,
			&next.block); /* as fault_in_records() has checked */
	status = inodes_cached(&fs->base, next.block, &slot);
	if (status != OK)
		return status;
	next.count = get_be16(((const struct xfs_bmbt_block *)slot->data)->bb_numrecs);
	*n = next;
	fault = lay_out(n, slot->data + header, fs->super.block_size - header);
	if (slot->proof == proof)
		return OK;
	if (fault == NULL)
		fault = fault_in_block(fs, inode, n, slot->data);
	if (fault == NULL)
		fault = fault_in_records(fs, n);
	if (fault != NULL)
		return damaged(fs, inode, n, fault);
	slot->proof = proof;
	return OK;
}

/* The run that begins at AT, given that BELOW records of the leaf begin at AT or before it. */
static struct run run_in_leaf(const struct xfs *fs, const struct node *n, uint64_t below,
			      uint64_t at)
{
	uint64_t next = below < n->count ? record(n, below).at : n->until, into;
	struct run run = {0, next - at};
	struct extent e;

	if (below == 0)
		return run;
	e = record(n, below - 1);
	into = at - e.at;
	if (into >= e.count)
		return run;
	run.count = e.count - into;
	if (!e.unwritten && xfs_place(&fs->super, e.number, e.count, &run.block))
		run.block += into;
	return run;
}

enum status xfs_map(struct inodes *base, const struct inode *mapped, uint64_t at, struct run *run)
{
	const struct xfs_inode *inode = (const struct xfs_inode *)mapped;
	struct xfs *fs = (struct xfs *)base;
	struct node n;
	enum status status = root(fs, inode, &n);
	uint64_t below = 0;

	while (status == OK) {
		below = search(&n, at);
		if (n.level == 0 || below == 0)
			break;
		status = descend(fs, inode, &n, below);
	}
	if (status == OK)
		*run = run_in_leaf(fs, &n, below, at);
	return status;
}
