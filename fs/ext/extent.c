/* The extent tree: from a file's block to the run of disk blocks that holds it. */
#include "fs/ext/block.h"
#include "fs/ext/checksum.h"
#include "fs/ext/file.h"

/* A file has at most this many blocks: ee_block has 32 bits. */
#define BLOCKS_MAX ((uint64_t)1 << 32)

/* A node on the way down the tree, and the blocks of the file that it covers. */
struct node {
	const uint8_t *bytes;
	size_t size;
	uint64_t block; /* on the disk; 0: it lies in the inode */
	unsigned depth; /* levels below it */
	uint64_t from, until;
};

static unsigned entries(const struct node *n)
{
	return get_le16(((const struct ext4_extent_header *)n->bytes)->eh_entries);
}

static const struct ext4_extent *extent(const struct node *n, unsigned i)
{
	return (const struct ext4_extent *)(n->bytes + sizeof(struct ext4_extent_header)) + i;
}

static const struct ext4_extent_idx *index_of(const struct node *n, unsigned i)
{
	return (const struct ext4_extent_idx *)(n->bytes + sizeof(struct ext4_extent_header)) + i;
}

static uint32_t length(const struct ext4_extent *e)
{
	uint32_t n = get_le16(e->ee_len);

	return n > EXT4_EXT_INIT_MAX_LEN ? n - EXT4_EXT_INIT_MAX_LEN : n;
}

static uint64_t start(const struct ext4_extent *e)
{
	return join32(get_le32(e->ee_start_lo), get_le16(e->ee_start_hi));
}

static uint64_t child(const struct ext4_extent_idx *e)
{
	return join32(get_le32(e->ei_leaf_lo), get_le16(e->ei_leaf_hi));
}

/* What is wrong with the records of a node, in words; NULL when nothing is. */
static const char *fault_in_records(const struct ext *fs, const struct node *n)
{
	uint64_t next = n->from;

	for (unsigned i = 0; i < entries(n); i++) {
		/* Both kinds of record begin with the file's block. */
		uint64_t at = get_le32(extent(n, i)->ee_block);
		uint32_t count = n->depth == 0 ? length(extent(n, i)) : 1;
		uint64_t block = n->depth == 0 ? start(extent(n, i)) : child(index_of(n, i));

		if (count == 0)
			return "an extent is empty";
		if (at < next)
			return "extents overlap or are not in order";
		if (!ext_blocks_valid(fs, block, count))
			return "an extent lies outside the file system";
		next = at + count;
	}
	return next > BLOCKS_MAX ? "an extent ends behind the largest file" : NULL;
}

static const char *fault_in(const struct ext *fs, const struct ext_inode *inode,
			    const struct node *n)
{
	const struct ext4_extent_header *h = (const struct ext4_extent_header *)n->bytes;
	size_t room = (n->size - sizeof(*h)) / sizeof(struct ext4_extent);

	if (get_le16(h->eh_magic) != EXT4_EXT_MAGIC)
		return "it has no magic number";
	if (get_le16(h->eh_depth) != n->depth || n->depth > EXT4_MAX_EXTENT_DEPTH)
		return "its depth is wrong";
	if (get_le16(h->eh_max) > room || get_le16(h->eh_entries) > get_le16(h->eh_max))
		return "it has more entries than room";
	if (get_le16(h->eh_entries) == 0 && n->depth > 0)
		return "it leads nowhere";
	if (n->block != 0 && !ext_checksum_extents(fs, inode, n->bytes))
		return "its checksum is wrong";
	return fault_in_records(fs, n);
}

static enum status check(struct ext *fs, const struct ext_inode *inode, const struct node *n)
{
	const char *fault = fault_in(fs, inode, n);

	if (fault == NULL)
		return OK;
	if (n->block == 0)
		return fail(fs->base.vol.report, E_CORRUPT,
			    "inode %lu: the root of its extent tree is damaged: %s",
			    (unsigned long)inode->base.number, fault);
	return fail(fs->base.vol.report, E_CORRUPT,
		    "inode %lu: its extent tree is damaged at block %lu: %s",
		    (unsigned long)inode->base.number, (unsigned long)n->block, fault);
}

/* How many of the node's records begin at block AT of the file or before it. */
static unsigned search(const struct node *n, uint64_t at)
{
	unsigned low = 0, high = entries(n);

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (get_le32(extent(n, middle)->ee_block) <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Goes down to child number BELOW - 1 of N: N becomes that node, checked. */
static enum status descend(struct ext *fs, const struct ext_inode *inode, struct node *n,
			   unsigned below)
{
	/* What a cached block was checked for: under another inode, or at another height, it must
	 * be checked again. */
	uint64_t proof = inode->base.number << 8 | n->depth;
	struct node next = {.size = fs->super.block_size,
			    .block = child(index_of(n, below - 1)),
			    .depth = n->depth - 1,
			    .from = get_le32(index_of(n, below - 1)->ei_block),
			    .until = n->until};
	struct cache_slot *slot;
	enum status status;

	if (below < entries(n))
		next.until = get_le32(index_of(n, below)->ei_block);
	status = inodes_cached(&fs->base, next.block, &slot);
	if (status != OK)
		return status;
	next.bytes = slot->data;
	*n = next;
	if (slot->proof == proof)
		return OK;
	status = check(fs, inode, n);
	if (status == OK)
		slot->proof = proof;
	return status;
}

/* The run that begins at AT, given that BELOW records of the leaf begin at AT or before it. */
static struct run run_in_leaf(const struct node *n, unsigned below, uint64_t at)
{
	uint64_t next = below < entries(n) ? get_le32(extent(n, below)->ee_block) : n->until;
	const struct ext4_extent *e = extent(n, below > 0 ? below - 1 : 0);
	uint64_t into;

	if (below == 0 || at - get_le32(e->ee_block) >= length(e))
		return (struct run){0, next - at};
	into = at - get_le32(e->ee_block);
	return (struct run){
		.block = get_le16(e->ee_len) > EXT4_EXT_INIT_MAX_LEN ? 0 : start(e) + into,
		.count = length(e) - into,
	};
}

enum status ext_map_extents(struct ext *fs, const struct ext_inode *inode, uint64_t at,
			    struct run *run)
{
	const struct ext4_extent_header *root = (const struct ext4_extent_header *)inode->i_block;
	struct node n = {.bytes = inode->i_block,
			 .size = sizeof(inode->i_block),
			 .depth = get_le16(root->eh_depth),
			 .until = BLOCKS_MAX};
	enum status status = check(fs, inode, &n);
	unsigned below = 0;

	if (at >= BLOCKS_MAX) {
		*run = (struct run){0, UINT64_MAX - at};
		return status;
	}
	while (status == OK) {
		below = search(&n, at);
		if (n.depth == 0 || below == 0)
			break;
		status = descend(fs, inode, &n, below);
	}
	if (status == OK)
		*run = run_in_leaf(&n, below, at);
	return status;
}
