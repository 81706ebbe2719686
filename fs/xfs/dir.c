/* A directory, in its inode or in blocks of its own, read from front to back. */
#include "fs/xfs/dir.h"

#include "fs/window.h"
#include "fs/xfs/block.h"
#include "fs/xfs/file.h"

struct dirent {
	uint64_t inode; /* 0: the directory has ended */
	enum file_type type;
	struct str name; /* lives until the next one is read */
};

/* An open directory. It is open only as long as one listing or look-up lasts. */
struct dir {
	struct xfs *fs;
	const struct xfs_inode *inode;
	struct window window;
	const uint8_t *part; /* the block, or the data fork, that is being read */
	size_t at, end;      /* bytes of it: what is read next; where the names end */
	unsigned left;       /* short form: names not read yet */
	unsigned wide;       /* short form: bytes of an inode number */
};

static enum status damaged(const struct dir *d, const char *fault)
{
	return fail(d->fs->base.vol.report, E_CORRUPT,
		    "directory inode %lu: block %lu of it is damaged: %s",
		    (unsigned long)d->inode->base.number,
		    (unsigned long)(d->window.next - d->window.unit), fault);
}

/* An inode number of the short form. */
static uint64_t short_number(const struct dir *d, const uint8_t *p)
{
	return d->wide == 4 ? get_be32(*(const be32 *)p) : get_be64(*(const be64 *)p);
}

static enum status open_short(struct dir *d)
{
	const struct xfs_dir2_sf_hdr *raw = (const void *)d->inode->fork;

	d->part = d->inode->fork;
	d->end = (size_t)d->inode->base.size;
	d->wide = raw->i8count != 0 ? 8 : 4;
	d->left = raw->count;
	d->at = sizeof(*raw) + d->wide;
	return d->end < d->at ? damaged(d, "it has no header") : OK;
}

static enum status open_dir(struct dir *d, struct inodes *fs, const struct xfs_inode *inode)
{
	*d = (struct dir){.fs = (struct xfs *)fs, .inode = inode};
	if (inode->format == XFS_DINODE_FMT_LOCAL)
		return open_short(d);
	if (inode->base.size > XFS_DIR2_SPACE_SIZE)
		return fail(fs->vol.report, E_CORRUPT,
			    "directory inode %lu is damaged: its size is %lu bytes",
			    (unsigned long)inode->base.number, (unsigned long)inode->base.size);
	return window_open(&d->window, fs, &inode->base, d->fs->super.dir_blocks);
}

static void close_dir(struct dir *d)
{
	if (d->wide == 0)
		window_close(&d->window);
}

/* The name that ends before byte END of the part: takes it, and the type behind it, into E. */
static enum status take_name(const struct dir *d, size_t at, size_t n, struct dirent *e)
{
	e->name = (struct str){(const char *)d->part + at, n};
	e->type = d->fs->super.ftype ? inodes_dirent_type(d->part[at + n]) : FILE_UNKNOWN;
	if (!inodes_is_name(e->name))
		return damaged(d, "a name is empty, or holds '/' or a zero byte");
	if (e->inode == 0)
		return damaged(d, "a name belongs to inode 0");
	return OK;
}

static enum status next_short(struct dir *d, struct dirent *e)
{
	const struct xfs_dir2_sf_entry *raw = (const void *)(d->part + d->at);
	size_t name = d->at + sizeof(*raw), number;

	if (d->left == 0)
		return d->at == d->end ? OK : damaged(d, "more follows its last name");
	if (d->end - d->at < sizeof(*raw))
		return damaged(d, "a name crosses its end");
	number = name + raw->namelen + d->fs->super.ftype;
	if (number + d->wide > d->end)
		return damaged(d, "a name crosses its end");
	d->left--;
	d->at = number + d->wide;
	e->inode = short_number(d, d->part + number);
	return take_name(d, name, raw->namelen, e);
}

/* Finds where the block that is read lies, and what a replay of the log would change of it. */
static enum status find_changes(struct dir *d, struct xfs_mark *m)
{
	const unsigned bits = d->fs->super.block_bits;
	uint64_t begin = d->window.next - d->window.unit, first;
	enum status status = OK;
	struct run run = {0};

	if (d->fs->changes.count == 0)
		return OK;
	for (uint64_t i = 0; i < d->window.unit && status == OK; i++) {
		status = xfs_map(&d->fs->base, &d->inode->base, begin + i, &run);
		if (i == 0)
			m->at = run.block << bits;
		else if (m->at != (run.block - i) << bits)
			m->at = 0;
		first = xfs_changes_first(&d->fs->changes, run.block << bits, 1u << bits);
		m->first = first < m->first ? first : m->first;
	}
	return status;
}

/* Checks the block that begins at d->part, and sets where its names begin and end. */
static enum status begin_block(struct dir *d)
{
	const struct xfs_dir3_data_hdr *raw = (const void *)d->part;
	const bool v5 = d->fs->super.v5;
	const size_t size = (size_t)d->window.unit << d->fs->super.block_bits;
	struct xfs_mark mark = {.bytes = d->part,
				.n = size,
				.crc_at = offsetof(struct xfs_dir3_data_hdr, crc),
				.uuid = raw->uuid,
				.owner = raw->owner,
				.lsn_at = offsetof(struct xfs_dir3_data_hdr, lsn),
				.first = XFS_NOT_CHANGED};
	enum status status = find_changes(d, &mark);
	uint32_t magic = get_be32(raw->magic);
	const char *fault;

	if (status != OK)
		return status;
	d->at = v5 ? sizeof(*raw) : XFS_DIR2_DATA_HDR_SIZE;
	d->end = size;
	if (magic == (v5 ? XFS_DIR3_BLOCK_MAGIC : XFS_DIR2_BLOCK_MAGIC)) {
		const struct xfs_dir2_block_tail *tail =
			(const void *)(d->part + size - sizeof(*tail));
		uint32_t count = get_be32(tail->count);

		if (count > (size - d->at) / sizeof(be64) - 1)
			return damaged(d, "its index is longer than the block");
		d->end -= sizeof(*tail) + count * sizeof(be64);
	} else if (magic != (v5 ? XFS_DIR3_DATA_MAGIC : XFS_DIR2_DATA_MAGIC)) {
		return damaged(d, "it has no magic number");
	}
	fault = xfs_fault_in_mark(d->fs, d->inode->base.number, &mark);
	return fault == NULL ? OK : damaged(d, fault);
}

/* Decodes the record at d->at and moves d->at behind it. The inode of an unused record is 0. */
static enum status record(struct dir *d, struct dirent *e)
{
	const struct xfs_dir2_data_unused *unused = (const void *)(d->part + d->at);
	const struct xfs_dir2_data_entry *raw = (const void *)(d->part + d->at);
	size_t at = d->at, left = d->end - at, length = 0;
	bool is_unused = get_be16(unused->freetag) == XFS_DIR2_DATA_FREE_TAG;

	/* Where the names end is a multiple of 8 bytes away. */
	if (is_unused)
		length = get_be16(unused->length);
	else if (left >= 2 * XFS_DIR2_DATA_ALIGN)
		length = (sizeof(*raw) + raw->namelen + d->fs->super.ftype + sizeof(be16) +
			  XFS_DIR2_DATA_ALIGN - 1) /
			 XFS_DIR2_DATA_ALIGN * XFS_DIR2_DATA_ALIGN;
	if (length == 0 || length % XFS_DIR2_DATA_ALIGN != 0 || length > left)
		return damaged(d, "a record has an impossible length");
	d->at += length;
	if (get_be16(*(const be16 *)(d->part + d->at - sizeof(be16))) != at)
		return damaged(d, "a record has the tag of another");
	if (is_unused)
		return OK;
	e->inode = get_be64(raw->inumber);
	return take_name(d, at + sizeof(*raw), raw->namelen, e);
}

/* The next name in use; inode 0 at the end. */
static enum status next(struct dir *d, struct dirent *e)
{
	enum status status = OK;

	*e = (struct dirent){0};
	if (d->wide != 0)
		return next_short(d, e);
	while (status == OK && e->inode == 0) {
		if (d->at == d->end) {
			d->at = d->end = 0;
			status = window_next(&d->window, &d->part);
			if (status == OK && d->part == NULL)
				return OK;
			if (status == OK)
				status = begin_block(d);
		} else {
			status = record(d, e);
		}
	}
	return status;
}

/* As Linux folds the bytes of a name: the upper-case letters of ASCII and Latin-1. */
static unsigned fold(char c)
{
	unsigned u = (uint8_t)c;

	return (u >= 'A' && u <= 'Z') || (u >= 0xc0 && u <= 0xde && u != 0xd7) ? u + 32 : u;
}

static bool same_folded(struct str a, struct str b)
{
	size_t i = 0;

	if (a.n != b.n)
		return false;
	while (i < a.n && fold(a.p[i]) == fold(b.p[i]))
		i++;
	return i == a.n;
}

enum status xfs_dir_find(struct inodes *fs, const struct inode *inode, struct str name,
			 uint64_t *number)
{
	struct dir d;
	struct dirent e = {0};
	enum status status = open_dir(&d, fs, (const struct xfs_inode *)inode);

	*number = 0;
	if (status != OK)
		return status;
	if (d.wide != 0 && str_eq(name, S("..")))
		*number = short_number(&d, d.part + sizeof(struct xfs_dir2_sf_hdr));
	while (*number == 0 || d.fs->super.fold) {
		status = next(&d, &e);
		if (status != OK || e.inode == 0)
			break;
		if (str_eq(e.name, name)) {
			*number = e.inode;
			break;
		}
		if (d.fs->super.fold && *number == 0 && same_folded(e.name, name))
			*number = e.inode;
	}
	close_dir(&d);
	return status;
}

enum status xfs_dir_list(struct inodes *fs, const struct inode *listed, dir_fn *fn, void *context)
{
	/* FN may look up paths, and each of them makes another inode of LISTED. */
	struct xfs_inode inode = *(const struct xfs_inode *)listed;
	struct dir d;
	struct dirent e;
	enum status status = open_dir(&d, fs, &inode);

	if (status != OK)
		return status;
	while ((status = next(&d, &e)) == OK && e.inode != 0) {
		status = inodes_listed(fs, inode.base.number, e.name, e.inode, e.type, fn, context);
		if (status != OK)
			break;
	}
	close_dir(&d);
	return status;
}
