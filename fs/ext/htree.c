/* The hash tree of an indexed directory (Documentation/filesystems/ext4/directory.rst). */
#include "fs/ext/htree.h"

#include "base/mem.h"
#include "fs/ext/block.h"
#include "fs/ext/checksum.h"
#include "fs/ext/file.h"
#include "fs/ext/hash.h"

/* A node on the way down, by number: its bytes may have left the cache since. */
struct level {
	uint32_t block; /* of the directory */
	unsigned at;    /* the record that was followed */
	unsigned count; /* of its records */
};

struct htree {
	struct ext *fs;
	const struct ext_inode *inode;
	struct level levels[DX_LEVELS_MAX];
	unsigned depth; /* levels in use */
	uint32_t hash;
	bool bad; /* Linux would not use this tree, so the whole directory must be searched */
};

/* Reads block AT of the directory through the cache and verifies its checksum. */
static enum status fetch(struct ext *fs, const struct ext_inode *inode, uint32_t at,
			 const uint8_t **bytes)
{
	struct cache_slot *slot;
	struct run run = {0};
	enum status status = OK;

	if (at < inode->base.size >> fs->super.block_bits)
		status = ext_map(fs, inode, at, &run);
	if (status == OK && run.block == 0)
		status = fail(fs->base.vol.report, E_CORRUPT,
			      "directory inode %lu: its index names block %u, which is not there",
			      (unsigned long)inode->base.number, at);
	if (status == OK)
		status = inodes_cached(&fs->base, run.block, &slot);
	if (status != OK)
		return status;
	*bytes = slot->data;
	if (ext_checksum_dir(fs, inode, at, slot->data))
		return OK;
	return fail(fs->base.vol.report, E_CORRUPT,
		    "directory inode %lu: block %u of it is damaged: its checksum is wrong",
		    (unsigned long)inode->base.number, at);
}

/* The records of a node; where they begin depends on the block. */
static const struct dx_entry *records(const uint8_t *bytes, uint32_t block)
{
	return (const struct dx_entry *)(bytes + (block == 0 ? DX_ROOT_COUNT : DX_NODE_COUNT));
}

/* The number of records of a node; 0 when the node contradicts itself. */
static unsigned count_of(const struct ext *fs, const uint8_t *bytes, uint32_t block)
{
	const struct dx_countlimit *c = (const void *)records(bytes, block);
	size_t room = fs->super.block_size - (block == 0 ? DX_ROOT_COUNT : DX_NODE_COUNT);
	const struct ext4_dir_entry *fake = (const struct ext4_dir_entry *)bytes;

	if (fs->super.ro_compat & EXT4_RO_COMPAT_METADATA_CSUM)
		room -= sizeof(struct dx_tail);
	if (block != 0 &&
	    (get_le32(fake->inode) != 0 || ext_rec_len(fs, fake->rec_len) != fs->super.block_size))
		return 0;
	if (get_le16(c->limit) != room / sizeof(struct dx_entry) ||
	    get_le16(c->count) > get_le16(c->limit))
		return 0;
	return get_le16(c->count);
}

/* The last record whose hash is not greater than HASH. */
static unsigned record_for(const struct dx_entry *e, unsigned count, uint32_t hash)
{
	unsigned low = 1, high = count;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (get_le32(e[middle].hash) <= hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low - 1;
}

/* Goes down from BLOCK, a node of level FROM, to the last level of nodes. *LEAF is the block of
 * names that is reached. LEFTMOST: by the first record of each node, else by the hash. */
static enum status descend(struct htree *t, unsigned from, uint32_t block, bool leftmost,
			   uint32_t *leaf)
{
	for (unsigned i = from; i < t->depth; i++) {
		struct level *l = &t->levels[i];
		const uint8_t *bytes;
		enum status status = fetch(t->fs, t->inode, block, &bytes);

		if (status != OK)
			return status;
		for (unsigned above = 0; above < i; above++)
			t->bad |= t->levels[above].block == block;
		*l = (struct level){.block = block, .count = count_of(t->fs, bytes, block)};
		if (l->count == 0 || t->bad) {
			t->bad = true;
			return OK;
		}
		if (!leftmost)
			l->at = record_for(records(bytes, block), l->count, t->hash);
		block = get_le32(records(bytes, block)[l->at].block) & DX_BLOCK_MASK;
	}
	*leaf = block;
	return OK;
}

/* Finds the leaf behind the last one, if it too has names with our hash; *MORE says whether. */
static enum status next_leaf(struct htree *t, bool *more, uint32_t *leaf)
{
	unsigned i = t->depth;
	const struct dx_entry *e;
	const uint8_t *bytes;
	enum status status;

	*more = false;
	do {
		if (i-- == 0)
			return OK;
	} while (++t->levels[i].at >= t->levels[i].count);
	status = fetch(t->fs, t->inode, t->levels[i].block, &bytes);
	if (status != OK)
		return status;
	e = records(bytes, t->levels[i].block) + t->levels[i].at;
	if (get_le32(e->hash) != (t->hash | 1))
		return OK;
	*more = true;
	return descend(t, i + 1, get_le32(e->block) & DX_BLOCK_MASK, true, leaf);
}

/* Hashes the name, folded to lower case in a directory with casefold. False for a name beyond ASCII
 * there: which hash it has depends on Linux' tables of Unicode. */
static bool hash_name(struct htree *t, const struct dx_root_info *info, struct str name)
{
	const struct ext_super *s = &t->fs->super;
	char folded[NAME_MAX_BYTES];

	if (t->inode->flags & EXT4_CASEFOLD_FL) {
		for (size_t i = 0; i < name.n; i++) {
			char c = name.p[i];

			if ((uint8_t)c >= 0x80)
				return false;
			folded[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
		}
		name.p = folded;
	}
	t->hash = ext_hash((enum ext_hash)info->hash_version, s->hash_signed, s->hash_seed, name);
	return true;
}

/* Reads the head of the root, and hashes the name. T is bad when Linux would not use the tree. */
static enum status begin(struct htree *t, struct str name)
{
	unsigned levels = DX_LEVELS_MAX - !(t->fs->super.incompat & EXT4_INCOMPAT_LARGEDIR);
	const struct dx_root_info *info;
	const uint8_t *bytes;
	enum status status = fetch(t->fs, t->inode, 0, &bytes);

	if (status != OK)
		return status;
	info = (const struct dx_root_info *)(bytes + DX_ROOT_INFO);
	t->depth = info->indirect_levels + 1u;
	t->bad = info->hash_version > EXT_HASH_TEA || info->unused_flags & DX_UNUSED_FLAG ||
		 info->info_length != sizeof(*info) || t->depth > levels ||
		 !hash_name(t, info, name);
	return OK;
}

/* Searches one block with names. */
static enum status search(struct htree *t, uint32_t leaf, struct str name, struct ext_found *found)
{
	const uint8_t *bytes;
	struct ext_dir d;
	enum status status = fetch(t->fs, t->inode, leaf, &bytes);

	if (status != OK)
		return status;
	d = ext_dir_of_block(t->fs, t->inode, leaf, bytes);
	return ext_dir_search(&d, name, found);
}

static enum status search_leaves(struct htree *t, struct str name, struct ext_found *found)
{
	/* A tree without loops leads to each block of the directory once at most. */
	uint64_t left = t->inode->base.size >> t->fs->super.block_bits;
	bool more = true;
	uint32_t leaf = 0;
	enum status status = descend(t, 0, 0, false, &leaf);

	while (status == OK && !t->bad && more && found->exact == 0) {
		t->bad = left-- == 0;
		if (t->bad)
			break;
		status = search(t, leaf, name, found);
		if (status == OK && found->exact == 0)
			status = next_leaf(t, &more, &leaf);
	}
	return status;
}

enum status ext_htree_search(struct ext *fs, const struct ext_inode *inode, struct str name,
			     bool *usable, struct ext_found *found)
{
	struct htree t = {.fs = fs, .inode = inode};
	enum status status;

	*usable = false;
	if (!(fs->super.compat & EXT4_COMPAT_DIR_INDEX) || !(inode->flags & EXT4_INDEX_FL) ||
	    inode->flags & (EXT4_INLINE_DATA_FL | EXT4_ENCRYPT_FL) || name.n > NAME_MAX_BYTES)
		return OK;
	status = begin(&t, name);
	if (status != OK || t.bad)
		return status;
	/* "." and ".." stand in block 0 itself, before the tree. */
	if (str_eq(name, S("..")))
		status = search(&t, 0, name, found);
	else
		status = search_leaves(&t, name, found);
	if (t.bad)
		*found = (struct ext_found){0};
	*usable = !t.bad;
	return status;
}
