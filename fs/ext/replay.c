/* Does fast commits again, as the kernel's ext4_fc_replay() does, with its order and its
 * exceptions: what Linux leaves out, such as a name for an inode that is not there, is left out
 * here. */
#include "fs/ext/replay.h"

#include "base/mem.h"
#include "fs/ext/block.h"
#include "fs/ext/checksum.h"
#include "fs/ext/dir.h"
#include "fs/ext/file.h"
#include "fs/ext/inode.h"
#include "fs/ext/inode_table.h"

static enum status no_memory(struct ext *fs)
{
	note(fs->base.vol.report, "no memory for fast commits");
	return E_NO_MEMORY;
}

static enum status damaged(struct ext *fs, const char *how, uint32_t inode)
{
	note(fs->base.vol.report, "a fast commit %s (inode %u)", how, inode);
	return E_CORRUPT;
}

/* True when a file can have inode NUMBER. */
static bool is_file(const struct ext *fs, uint32_t number)
{
	return number >= fs->super.first_inode && number <= fs->super.inodes;
}

/* Reads inode NUMBER, if it is one that can be used: *THERE says so. */
static enum status look(struct ext *fs, uint32_t number, struct ext_inode *inode, bool *there)
{
	size_t mark = report_mark(fs->base.vol.report);
	enum status status = E_CORRUPT;

	if (number == EXT4_ROOT_INO || is_file(fs, number))
		status = ext_inode_get(fs, number, inode);
	*there = status == OK;
	if (status != E_CORRUPT)
		return status;
	report_rewind(fs->base.vol.report, mark);
	return OK;
}

/* The change of inode NUMBER, with a copy of the inode's bytes that can be written. */
static enum status change_inode(struct ext *fs, uint32_t number, struct ext_change **change)
{
	struct ext_change *c = ext_change_add(&fs->changes, number);
	const uint8_t *raw;
	enum status status;

	if (c == NULL)
		return no_memory(fs);
	*change = c;
	if (c->raw != NULL)
		return OK;
	status = ext_inode_raw(fs, number, &raw);
	if (status != OK)
		return status;
	c->raw = arena_alloc(&fs->changes.arena, fs->super.inode_size);
	if (c->raw == NULL)
		return no_memory(fs);
	memcpy(c->raw, raw, fs->super.inode_size);
	c->csum_seed = ext_checksum_seed(fs, number, raw);
	return OK;
}

/* An inode without links is deleted at once, and its blocks with it. */
static void delete_inode(struct ext_change *c, struct ext4_inode *raw)
{
	memset(raw->i_block, 0, sizeof(raw->i_block));
	c->made = false;
	c->moved = NULL;
	c->names = NULL;
}

/* Sets or counts the links of an inode. */
static enum status change_links(struct ext *fs, uint32_t number, bool set, int by)
{
	struct ext_change *c;
	enum status status = change_inode(fs, number, &c);
	struct ext4_inode *raw;
	int links;

	if (status != OK)
		return status;
	raw = (struct ext4_inode *)c->raw;
	links = (set ? 0 : get_le16(raw->i_links_count)) + by;
	raw->i_links_count = to_le16((uint16_t)links);
	if (links == 0)
		delete_inode(c, raw);
	return OK;
}

/* The record has the inode as it is now, but for the way to its blocks: that is the disk's, and the
 * records of ranges change it. Inline data lies there instead. */
static enum status replay_inode(struct ext *fs, const uint8_t *value, size_t n)
{
	const size_t behind = offsetof(struct ext4_inode, i_generation);
	const struct ext4_inode *now = (const void *)(value + sizeof(struct ext4_fc_inode));
	uint32_t number = get_le32(((const struct ext4_fc_inode *)value)->fc_ino);
	struct ext4_extent_header *root;
	struct ext_inode inode;
	struct ext_change *c;
	struct ext4_inode *raw;
	enum status status;
	bool there;

	if (!is_file(fs, number))
		return damaged(fs, "changes an inode that no file can have", number);
	status = change_inode(fs, number, &c);
	if (status != OK)
		return status;
	n -= sizeof(struct ext4_fc_inode);
	memcpy(c->raw, now, offsetof(struct ext4_inode, i_block));
	memcpy(c->raw + behind, (const uint8_t *)now + behind, n - behind);
	raw = (struct ext4_inode *)c->raw;
	root = (struct ext4_extent_header *)raw->i_block;
	if (get_le32(raw->i_flags) & EXT4_EXTENTS_FL) {
		if (get_le16(root->eh_magic) != EXT4_EXT_MAGIC) {
			*root = (struct ext4_extent_header){.eh_magic = to_le16(EXT4_EXT_MAGIC),
							    .eh_max = to_le16(4)};
			c->moved = NULL;
		}
	} else if (get_le32(raw->i_flags) & EXT4_INLINE_DATA_FL) {
		memcpy(raw->i_block, now->i_block, sizeof(raw->i_block));
	}
	status = look(fs, number, &inode, &there);
	return status == OK && !there ? damaged(fs, "makes an inode that cannot be", number)
				      : status;
}

/* Notes that blocks of a file lie elsewhere, if the file is there. */
static enum status move(struct ext *fs, uint32_t number, const struct ext_moved *moved)
{
	struct ext_inode inode;
	struct ext_change *c;
	bool there;
	enum status status = look(fs, number, &inode, &there);

	if (status != OK || !there || moved->count == 0)
		return status;
	if (moved->at + moved->count > EXT4_FILE_BLOCKS_MAX)
		return damaged(fs, "moves blocks that no file can have", number);
	if (!(inode.flags & EXT4_EXTENTS_FL))
		return damaged(fs, "moves blocks of a file that has no extents", number);
	c = ext_change_add(&fs->changes, number);
	return c != NULL && ext_change_move(&fs->changes, c, moved) ? OK : no_memory(fs);
}

static enum status replay_add_range(struct ext *fs, const uint8_t *value)
{
	const struct ext4_fc_add_range *add = (const void *)value;
	const struct ext4_extent *e = (const void *)add->fc_ex;
	bool unwritten = get_le16(e->ee_len) > EXT4_EXT_INIT_MAX_LEN;
	struct ext_moved moved = {
		.at = get_le32(e->ee_block),
		.count = get_le16(e->ee_len) - (unwritten ? EXT4_EXT_INIT_MAX_LEN : 0),
		.block = join32(get_le32(e->ee_start_lo), get_le16(e->ee_start_hi)),
	};

	if (moved.count != 0 && !ext_blocks_valid(fs, moved.block, moved.count))
		return damaged(fs, "gives a file blocks that are not there", get_le32(add->fc_ino));
	if (unwritten)
		moved.block = 0;
	return move(fs, get_le32(add->fc_ino), &moved);
}

static enum status replay_del_range(struct ext *fs, const uint8_t *value)
{
	const struct ext4_fc_del_range *del = (const void *)value;
	struct ext_moved moved = {.at = get_le32(del->fc_lblk), .count = get_le32(del->fc_len)};

	return move(fs, get_le32(del->fc_ino), &moved);
}

/* A record about a name, and what its numbers lead to. */
struct entry {
	uint32_t dir, inode;
	struct str name;
	struct ext_inode parent, child;
	bool has_parent, has_child;
};

static enum status read_entry(struct ext *fs, const uint8_t *value, size_t n, struct entry *e)
{
	const struct ext4_fc_dentry_info *info = (const void *)value;
	enum status status;

	e->dir = get_le32(info->fc_parent_ino);
	e->inode = get_le32(info->fc_ino);
	e->name = (struct str){(const char *)(info + 1), n - sizeof(*info)};
	if (!inodes_is_name(e->name))
		return damaged(fs, "has a name that holds '/' or a zero byte", e->inode);
	status = look(fs, e->inode, &e->child, &e->has_child);
	return status == OK ? look(fs, e->dir, &e->parent, &e->has_parent) : status;
}

/* The directory now has NAME for INODE; 0: it has it no more. */
static enum status set_name(struct ext *fs, const struct ext_inode *dir, struct str name,
			    uint32_t inode, enum file_type type)
{
	struct ext_change *c = ext_change_add(&fs->changes, (uint32_t)dir->base.number);
	struct ext_renamed *r = NULL;
	size_t steps = 0;

	if (c != NULL)
		r = ext_change_name(c, name, dir->flags & EXT4_CASEFOLD_FL, &steps);
	if (c != NULL && r == NULL)
		r = ext_change_add_name(&fs->changes, c, name);
	/* Where upper and lower case are alike, the new name may be spelled otherwise. */
	if (r == NULL || (!str_eq(r->name, name) && !str_dup(&fs->changes.arena, name, &r->name)))
		return no_memory(fs);
	r->inode = inode;
	r->type = type;
	return OK;
}

/* Links the inode, which is there, unless the name is taken or the directory is not there. */
static enum status link(struct ext *fs, const struct entry *e, bool *linked)
{
	uint32_t found = 0;
	enum status status;

	*linked = false;
	if (!e->has_parent)
		return OK;
	if (e->parent.base.type != FILE_DIRECTORY)
		return damaged(fs, "puts a name into a file", e->dir);
	status = ext_dir_find(fs, &e->parent, e->name, &found);
	if (status != OK || found != 0)
		return status;
	*linked = true;
	return set_name(fs, &e->parent, e->name, e->inode, e->child.base.type);
}

static enum status replay_link(struct ext *fs, const struct entry *e)
{
	enum status status;
	bool linked;

	if (!e->has_child)
		return OK;
	status = link(fs, e, &linked);
	return status == OK && linked ? change_links(fs, e->inode, false, 1) : status;
}

/* A directory that was made has two names and no other: Linux writes a new block for it. *MADE is
 * false where it cannot: there is no parent, or a block that an earlier file has left. */
static enum status make_directory(struct ext *fs, const struct entry *e, bool *made)
{
	struct ext_change *c = ext_change_add(&fs->changes, e->inode);
	struct run run = {0};
	enum status status = OK;

	if (c == NULL)
		return no_memory(fs);
	if (!(e->child.flags & EXT4_INLINE_DATA_FL))
		status = ext_map(fs, &e->child, 0, &run);
	*made = e->has_parent && !c->made && run.block == 0;
	if (status != OK || !*made)
		return status;
	c->made = true;
	c->names = NULL;
	return set_name(fs, &e->child, S(".."), e->dir, FILE_DIRECTORY);
}

static enum status replay_create(struct ext *fs, const struct entry *e)
{
	enum status status = OK;
	bool made = true, linked;

	if (!e->has_child || !is_file(fs, e->inode))
		return damaged(fs, "names a new file without an inode", e->inode);
	if (e->child.base.type == FILE_DIRECTORY)
		status = make_directory(fs, e, &made);
	if (status != OK || !made)
		return status;
	status = link(fs, e, &linked);
	return status == OK ? change_links(fs, e->inode, true, 1) : status;
}

/* Only a name of this very inode goes; Linux counts the link down in any case. */
static enum status replay_unlink(struct ext *fs, const struct entry *e)
{
	uint32_t found = 0;
	enum status status;

	if (!e->has_child || !e->has_parent)
		return OK;
	status = ext_dir_find(fs, &e->parent, e->name, &found);
	if (status != OK || found == 0)
		return status;
	if (found == e->inode)
		status = set_name(fs, &e->parent, e->name, 0, FILE_UNKNOWN);
	return status == OK ? change_links(fs, e->inode, false, -1) : status;
}

static enum status replay_entry(struct ext *fs, unsigned tag, const uint8_t *value, size_t n)
{
	struct entry e;
	enum status status = read_entry(fs, value, n, &e);

	if (status != OK)
		return status;
	return tag == EXT4_FC_TAG_CREAT  ? replay_create(fs, &e)
	       : tag == EXT4_FC_TAG_LINK ? replay_link(fs, &e)
					 : replay_unlink(fs, &e);
}

static enum status replay(struct ext *fs, unsigned tag, const uint8_t *value, size_t n)
{
	switch (tag) {
	case EXT4_FC_TAG_INODE:
		return replay_inode(fs, value, n);
	case EXT4_FC_TAG_ADD_RANGE:
		return replay_add_range(fs, value);
	case EXT4_FC_TAG_DEL_RANGE:
		return replay_del_range(fs, value);
	default:
		return replay_entry(fs, tag, value, n);
	}
}

enum status ext_replay(struct ext *fs, const struct fast_records *records)
{
	enum status status = OK;
	size_t bytes;

	for (size_t at = 0; status == OK && at < records->n; at += bytes) {
		const struct ext4_fc_tl *tl = (const void *)(records->bytes + at);

		bytes = sizeof(*tl) + get_le16(tl->fc_len);
		status = inodes_spend(&fs->base, COST_STEP);
		if (status == OK)
			status = replay(fs, get_le16(tl->fc_tag), (const uint8_t *)(tl + 1),
					get_le16(tl->fc_len));
	}
	return status;
}
