/* Lies about ext: which fields of its structures a lie changes. */
#include "test/fuzz/ext_lies.h"

#include "fs/ext/format.h"

#define S_(name) FIELD_OF(ext4_super_block, name)
#define G(name)  FIELD_OF(ext4_group_desc, name)
#define I(name)  FIELD_OF(ext4_inode, name)

static const struct field super_fields[] = {
	S_(s_inodes_count),
	S_(s_blocks_count_lo),
	S_(s_first_data_block),
	S_(s_log_block_size),
	S_(s_log_cluster_size),
	S_(s_blocks_per_group),
	S_(s_clusters_per_group),
	S_(s_inodes_per_group),
	S_(s_magic),
	S_(s_rev_level),
	S_(s_first_ino),
	S_(s_inode_size),
	S_(s_feature_compat),
	S_(s_feature_incompat),
	S_(s_feature_ro_compat),
	S_(s_journal_inum),
	S_(s_desc_size),
	S_(s_first_meta_bg),
	S_(s_blocks_count_hi),
	S_(s_checksum_type),
	S_(s_checksum_seed),
	{offsetof(struct ext4_super_block, s_backup_bgs), 4},
	{offsetof(struct ext4_super_block, s_uuid), 4},
	S_(s_flags),
	S_(s_def_hash_version),
};

static const struct field group_fields[] = {
	G(bg_inode_table_lo), G(bg_inode_table_hi),   G(bg_flags),
	G(bg_checksum),       G(bg_itable_unused_lo),
};

static const struct field inode_fields[] = {
	I(i_mode),
	I(i_size_lo),
	I(i_flags),
	I(i_generation),
	I(i_size_high),
	I(i_extra_isize),
	I(i_links_count),
	I(i_file_acl_lo),
	{offsetof(struct ext4_inode, i_block), 4},
	{offsetof(struct ext4_inode, i_block) + 48, 4},
	{offsetof(struct ext4_inode, i_block) + 52, 4},
	{offsetof(struct ext4_inode, i_block) + 56, 4},
};

static const struct field node_fields[] = {{0, 2}, {2, 2}, {4, 2}, {6, 2}, {8, 4}};
static const struct field extent_fields[] = {{0, 4}, {4, 2}, {6, 2}, {8, 4}, {4, 4}, {8, 2}};
static const struct field dirent_fields[] = {{0, 4}, {4, 2}, {6, 1}, {7, 1},
					     {8, 1}, {9, 1}, {10, 2}};
static const struct field xattr_fields[] = {{0, 1}, {1, 1}, {2, 2}, {4, 4}, {8, 4}, {12, 4}};
/* Of a hash tree: in its root behind "..", in a node behind the unused record. */
static const struct field hash_fields[] = {{0x18, 4}, {0x1c, 1}, {0x1d, 1}, {0x1e, 1}, {0x1f, 1},
					   {0x20, 2}, {0x22, 2}, {0x24, 4}, {0x28, 4}, {0x2c, 4},
					   {8, 2},    {10, 2},   {12, 4}};

static struct piece *pick(struct fuzz_disk *d, enum piece_kind kind, unsigned which)
{
	struct piece *found[PIECES_MOST];
	unsigned n = 0;

	for (unsigned i = 0; i < d->count; i++) {
		if (d->pieces[i].kind == kind)
			found[n++] = &d->pieces[i];
	}
	return n > 0 ? found[which % n] : NULL;
}

static void tell(struct fuzz_disk *d, const struct lie *lie, uint8_t *base, size_t n,
		 const struct field *fields, size_t count)
{
	const struct field *f = &fields[lie->field % count];
	const struct piece *other = &d->pieces[lie->value % d->count];
	uint64_t others[] = {other->block, other->number};

	if (f->at + (size_t)f->bytes <= n)
		put_number(base + f->at, f->bytes,
			   lie_value(lie, get_number(base + f->at, f->bytes), others));
}

static void tell_node(struct fuzz_disk *d, const struct lie *lie, uint8_t *node, size_t n)
{
	size_t at = 12 + 12 * (size_t)(lie->record % RECORDS_MOST);

	if (lie->field % 3 == 0)
		tell(d, lie, node, n, node_fields, COUNT(node_fields));
	else if (at < n)
		tell(d, lie, node + at, n - at, extent_fields, COUNT(extent_fields));
}

/* The record of a directory's block that has this number. */
static void tell_dirent(struct fuzz_disk *d, const struct lie *lie, uint8_t *block, size_t n)
{
	size_t at = 0;

	for (unsigned i = 0; i < lie->record % RECORDS_MOST; i++) {
		size_t length = (size_t)get_number(block + at + 4, 2);

		if (length < 8 || at + length + 12 > n)
			break;
		at += length;
	}
	tell(d, lie, block + at, n - at, dirent_fields, COUNT(dirent_fields));
}

static void tell_inode(struct fuzz_disk *d, const struct lie *lie, uint8_t *inode, size_t n)
{
	uint8_t *i_block = inode + offsetof(struct ext4_inode, i_block);
	size_t extra = EXT4_GOOD_OLD_INODE_SIZE + 32 + 4;

	if (lie->record % 4 == 1)
		tell_node(d, lie, i_block, EXT4_I_BLOCK_SIZE);
	else if (lie->record % 4 == 2 && n > extra)
		tell(d, lie, inode + extra, n - extra, xattr_fields, COUNT(xattr_fields));
	else if (lie->record % 4 == 3)
		tell(d, lie, i_block + 4, EXT4_I_BLOCK_SIZE - 4, dirent_fields,
		     COUNT(dirent_fields));
	else
		tell(d, lie, inode, n, inode_fields, COUNT(inode_fields));
}

void ext_tell(struct fuzz_disk *d, const struct lie *lie)
{
	static const enum piece_kind kinds[] = {PIECE_SUPER, PIECE_GROUP, PIECE_INODE,
						PIECE_INODE, PIECE_INODE, PIECE_EXTENTS,
						PIECE_DIR,   PIECE_DIR};
	struct piece *p = pick(d, kinds[lie->kind % COUNT(kinds)], lie->which);
	uint8_t *bytes;
	size_t n;

	if (p == NULL)
		return;
	p->touched = true;
	bytes = piece_bytes(d, p, &n);
	switch (p->kind) {
	case PIECE_SUPER:
		tell(d, lie, bytes, n, super_fields, COUNT(super_fields));
		break;
	case PIECE_GROUP:
		tell(d, lie, bytes, n, group_fields, COUNT(group_fields));
		break;
	case PIECE_INODE:
		tell_inode(d, lie, bytes, n);
		break;
	case PIECE_EXTENTS:
		tell_node(d, lie, bytes, n);
		break;
	case PIECE_DIR:
		if (lie->kind % 2 == 0)
			tell_dirent(d, lie, bytes, n);
		else
			tell(d, lie, bytes, n, hash_fields, COUNT(hash_fields));
		break;
	}
}
