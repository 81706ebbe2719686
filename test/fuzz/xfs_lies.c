/* Lies about XFS: which fields of its structures and of its log a lie changes. */
#include "test/fuzz/xfs_lies.h"

#include "fs/xfs/format.h"

#define S_(name) FIELD_OF(xfs_dsb, name)
#define I(name)  FIELD_OF(xfs_dinode, name)
#define T(name)  FIELD_OF(xfs_bmbt_block, name)
#define D(name)  FIELD_OF(xfs_dir3_data_hdr, name)
#define L(name)  FIELD_OF(xfs_dsymlink_hdr, name)
#define R(name)  FIELD_OF(xlog_rec_header, name)

static const struct field super_fields[] = {
	S_(sb_blocksize),
	S_(sb_dblocks),
	S_(sb_rblocks),
	S_(sb_logstart),
	S_(sb_rootino),
	S_(sb_agblocks),
	S_(sb_agcount),
	S_(sb_logblocks),
	S_(sb_versionnum),
	S_(sb_sectsize),
	S_(sb_inodesize),
	S_(sb_inopblock),
	S_(sb_blocklog),
	S_(sb_sectlog),
	S_(sb_inodelog),
	S_(sb_inopblog),
	S_(sb_agblklog),
	S_(sb_inprogress),
	S_(sb_inoalignmt),
	S_(sb_dirblklog),
	S_(sb_logsectlog),
	S_(sb_logsectsize),
	S_(sb_logsunit),
	S_(sb_features2),
	S_(sb_features_compat),
	S_(sb_features_ro_compat),
	S_(sb_features_incompat),
	S_(sb_features_log_incompat),
	{offsetof(struct xfs_dsb, sb_uuid), 4},
	{offsetof(struct xfs_dsb, sb_meta_uuid), 4},
	{offsetof(struct xfs_dsb, sb_fname), 8},
};

static const struct field inode_fields[] = {
	I(di_mode),      I(di_version), I(di_format),
	I(di_onlink),    I(di_nlink),   I(di_big_nextents),
	I(di_size),      I(di_nblocks), I(di_nextents),
	I(di_anextents), I(di_forkoff), I(di_aformat),
	I(di_flags),     I(di_gen),     I(di_flags2),
	I(di_mtime),     I(di_ino),     {offsetof(struct xfs_dinode, di_uuid), 4},
};

static const struct field tree_fields[] = {
	T(bb_magic),    T(bb_level), T(bb_numrecs), T(bb_leftsib),
	T(bb_rightsib), T(bb_blkno), T(bb_owner),   {offsetof(struct xfs_bmbt_block, bb_uuid), 4}};

static const struct field dir_fields[] = {
	D(magic), D(blkno), D(owner), {offsetof(struct xfs_dir3_data_hdr, uuid), 4}};

static const struct field link_fields[] = {L(sl_magic), L(sl_offset), L(sl_bytes), L(sl_owner),
					   L(sl_blkno)};

static const struct field record_fields[] = {
	R(h_cycle),      R(h_version),
	R(h_len),        R(h_lsn),
	R(h_tail_lsn),   {offsetof(struct xlog_rec_header, h_tail_lsn) + 4, 4},
	R(h_num_logops), R(h_fmt),
	R(h_size),       {offsetof(struct xlog_rec_header, h_fs_uuid), 4}};
/* Of what a fork or a block holds: extents, keys and pointers, names. */
static const struct field item_fields[] = {{0, 8},  {0, 4}, {4, 4}, {8, 8},
					   {12, 4}, {0, 1}, {1, 1}, {2, 2}};
static const struct field dirent_fields[] = {{0, 8}, {4, 4}, {8, 1}, {9, 1},
					     {0, 2}, {2, 2}, {10, 2}};
/* At the end of a directory's only block. */
static const struct field tail_fields[] = {{0, 4}, {4, 4}};

static const struct field op_fields[] = {
	FIELD_OF(xlog_op_header, oh_tid), FIELD_OF(xlog_op_header, oh_len),
	FIELD_OF(xlog_op_header, oh_clientid), FIELD_OF(xlog_op_header, oh_flags)};
/* Of the first regions of buffers and inodes; of others they lie much the same. */
#define B(name) FIELD_OF(xfs_buf_log_format, name)
#define N(name) FIELD_OF(xfs_inode_log_format, name)
static const struct field region_fields[] = {
	{0, 2},     {2, 2},         B(blf_flags), B(blf_len),   B(blf_blkno), B(blf_map_size),
	{20, 4},    N(ilf_fields),  N(ilf_asize), N(ilf_dsize), N(ilf_ino),   N(ilf_blkno),
	N(ilf_len), N(ilf_boffset), {8, 4},       {12, 4},      {16, 4},      {24, 8},
	{56, 8},    {76, 4},        {80, 2}};

/* Where a lie is told: N bytes, in one byte order. */
struct place {
	uint8_t *p;
	size_t n;
	bool little;
};

static struct xfs_piece *pick(struct xfs_disk *d, enum xfs_kind kind, unsigned which)
{
	unsigned n = 0, found = 0;

	for (unsigned i = 0; i < d->count; i++)
		n += d->pieces[i].kind == kind;
	for (unsigned i = 0; i < d->count && n > 0; i++) {
		if (d->pieces[i].kind == kind && found++ == which % n)
			return &d->pieces[i];
	}
	return NULL;
}

static void tell(struct xfs_disk *d, const struct lie *lie, struct place to,
		 const struct field *fields, size_t count)
{
	const struct field *f = &fields[lie->field % count];
	const struct xfs_piece *other = &d->pieces[lie->value % d->count];
	uint64_t others[] = {xfs_block_number(d, other), xfs_inode_number(d, other)}, value;

	if (f->at + (size_t)f->bytes > to.n)
		return;
	to.p += f->at;
	value = to.little ? get_number(to.p, f->bytes) : get_big(to.p, f->bytes);
	value = lie_value(lie, value, others);
	if (to.little)
		put_number(to.p, f->bytes, value);
	else
		put_big(to.p, f->bytes, value);
}

static struct place behind(struct place place, size_t bytes)
{
	bytes = bytes < place.n ? bytes : place.n;
	return (struct place){place.p + bytes, place.n - bytes, place.little};
}

static void tell_inode(struct xfs_disk *d, const struct lie *lie, struct place inode)
{
	size_t core = inode.p[4] == XFS_DINODE_VERSION_3 ? sizeof(struct xfs_dinode)
							 : XFS_DINODE_SIZE_OLD;

	if (lie->record % 2 == 0)
		tell(d, lie, inode, inode_fields, COUNT(inode_fields));
	else
		tell(d, lie, behind(inode, core + lie->record / 2), item_fields,
		     COUNT(item_fields));
}

static void tell_tree(struct xfs_disk *d, const struct lie *lie, struct place block)
{
	size_t head = d->version_5 ? sizeof(struct xfs_bmbt_block) : XFS_BMBT_BLOCK_SIZE_OLD;

	if (lie->record % 3 == 0)
		tell(d, lie, block, tree_fields, COUNT(tree_fields));
	else
		tell(d, lie, behind(block, head + 8 * (size_t)(lie->record % RECORDS_MOST)),
		     item_fields, COUNT(item_fields));
}

/* The record of a directory's block that has this number, or the end of the block. */
static void tell_dir(struct xfs_disk *d, const struct lie *lie, struct place block)
{
	struct place at = behind(block, d->version_5 ? sizeof(struct xfs_dir3_data_hdr)
						     : XFS_DIR2_DATA_HDR_SIZE);

	if (lie->record % 8 == 0)
		tell(d, lie, block, dir_fields, COUNT(dir_fields));
	else if (lie->record % 8 == 1)
		tell(d, lie, behind(block, block.n - 8), tail_fields, COUNT(tail_fields));
	for (unsigned i = 0; i < lie->record / 8 && at.n > 16; i++) {
		size_t length = (size_t)get_big(at.p + 2, 2);

		if (get_big(at.p, 2) != XFS_DIR2_DATA_FREE_TAG)
			length = (at.p[8] + 12u + 7) / 8 * 8;
		at = behind(at, length > 0 ? length : 8);
	}
	if (lie->record % 8 > 1)
		tell(d, lie, at, dirent_fields, COUNT(dirent_fields));
}

/* The operation of a record that has this number: its head, or its region. */
static void tell_operation(struct xfs_disk *d, const struct lie *lie, struct place body)
{
	size_t op = sizeof(struct xlog_op_header);

	for (unsigned i = 0; i < lie->which / 4 && body.n > op; i++)
		body = behind(body, op + (size_t)get_big(body.p + 4, 4));
	if (lie->record % 3 == 1) {
		tell(d, lie, body, op_fields, COUNT(op_fields));
		return;
	}
	body.little = lie->op / 6 % 4 != 0;
	tell(d, lie, behind(body, op), region_fields, COUNT(region_fields));
}

static void tell_record(struct xfs_disk *d, const struct lie *lie, struct place record)
{
	if (lie->record % 3 == 0)
		tell(d, lie, record, record_fields, COUNT(record_fields));
	else
		tell_operation(d, lie, behind(record, xfs_record_head(record.p, record.n)));
}

void xfs_tell(struct xfs_disk *d, const struct lie *lie)
{
	static const enum xfs_kind kinds[] = {XFS_SUPER, XFS_INODE, XFS_INODE,  XFS_TREE,
					      XFS_DIR,   XFS_LINK,  XFS_RECORD, XFS_RECORD};
	struct xfs_piece *p = pick(d, kinds[lie->kind % COUNT(kinds)], lie->which);
	struct place place;

	if (p == NULL)
		return;
	place = (struct place){xfs_touch(d, p), p->n, false};
	switch (p->kind) {
	case XFS_SUPER:
		tell(d, lie, place, super_fields, COUNT(super_fields));
		break;
	case XFS_INODE:
		tell_inode(d, lie, place);
		break;
	case XFS_TREE:
		tell_tree(d, lie, place);
		break;
	case XFS_DIR:
		tell_dir(d, lie, place);
		break;
	case XFS_LINK:
		tell(d, lie, place, link_fields, COUNT(link_fields));
		break;
	case XFS_RECORD:
		tell_record(d, lie, place);
		break;
	}
}
