/* A directory, read from front to back. */
#include "fs/ext/dir.h"

#include "base/mem.h"
#include "fs/ext/block.h"
#include "fs/ext/checksum.h"
#include "fs/ext/file.h"
#include "fs/ext/fold.h"
#include "fs/ext/inline.h"
#include "fs/ext/inode.h"

static enum status damaged(const struct ext_dir *d, const char *fault)
{
	if (d->inode->flags & EXT4_INLINE_DATA_FL)
		return fail(d->fs->base.vol.report, E_CORRUPT, "directory inode %lu is damaged: %s",
			    (unsigned long)d->inode->base.number, fault);
	return fail(d->fs->base.vol.report, E_CORRUPT,
		    "directory inode %lu: block %lu of it is damaged: %s",
		    (unsigned long)d->inode->base.number, (unsigned long)(d->window.next - 1),
		    fault);
}

enum status ext_dir_open(struct ext *fs, const struct ext_inode *inode, struct ext_dir *dir)
{
	enum status status = ext_inode_check_key(fs, inode);

	*dir = (struct ext_dir){.fs = fs, .inode = inode};
	if (status != OK)
		return status;
	if (inode->base.size >> fs->super.block_bits > fs->super.blocks)
		return fail(fs->base.vol.report, E_CORRUPT,
			    "directory inode %lu is damaged: its size is %lu bytes, more than the "
			    "disk has",
			    (unsigned long)inode->base.number, (unsigned long)inode->base.size);
	if (!(inode->flags & EXT4_INLINE_DATA_FL))
		return window_open(&dir->window, &fs->base, &inode->base, 1);
	dir->window.size = EXT4_I_BLOCK_SIZE + inode->inline_n;
	dir->window.bytes = mem_alloc(dir->window.size);
	return dir->window.bytes != NULL
		       ? OK
		       : fail(fs->base.vol.report, E_NO_MEMORY, "no memory to read a directory");
}

void ext_dir_close(struct ext_dir *d)
{
	window_close(&d->window);
}

/* Makes the next block of the directory the one that is read. */
static enum status next_block(struct ext_dir *d)
{
	enum status status = window_next(&d->window, &d->part);

	if (status != OK || d->part == NULL)
		return status;
	d->part_size = d->fs->super.block_size;
	if (!ext_checksum_dir(d->fs, d->inode, d->window.next - 1, d->part))
		return damaged(d, "its checksum is wrong");
	return OK;
}

/* The same for inline data. Its two halves are like two small blocks; the first begins with the
 * inode number of the parent directory. */
static enum status next_half(struct ext_dir *d)
{
	const size_t parent = sizeof(le32);
	struct window *w = &d->window;

	if (w->next == 0) {
		d->part = w->bytes + parent;
		d->part_size = EXT4_I_BLOCK_SIZE - parent;
	} else if (w->next == 1 && w->size > EXT4_I_BLOCK_SIZE) {
		d->part = w->bytes + EXT4_I_BLOCK_SIZE;
		d->part_size = w->size - EXT4_I_BLOCK_SIZE;
	} else {
		return OK;
	}
	if (w->next++ > 0)
		return OK;
	return ext_inline_read(d->fs, d->inode, 0, w->bytes, w->size);
}

/* Decodes the record at d->at and moves d->at behind it. The inode of an unused record is 0. */
static enum status record(struct ext_dir *d, struct ext_dirent *e)
{
	const struct ext4_dir_entry *raw = (const void *)(d->part + d->at);
	size_t left = d->part_size - d->at, length;
	struct str name;

	if (left < EXT4_DIR_REC_MIN)
		return damaged(d, "a record crosses its end");
	length = ext_rec_len(d->fs, raw->rec_len);
	if (length < EXT4_DIR_REC_MIN || length % 4 != 0 || length > left)
		return damaged(d, "a record has an impossible length");
	d->at += length;
	name = (struct str){(const char *)(raw + 1), raw->name_len};
	if (name.n > length - sizeof(*raw))
		return damaged(d, "a name is longer than its record");
	*e = (struct ext_dirent){.inode = get_le32(raw->inode), .name = name};
	if (e->inode == 0)
		return OK;
	if (d->fs->super.incompat & EXT4_INCOMPAT_FILETYPE)
		e->type = inodes_dirent_type(raw->file_type);
	if (!inodes_is_name(name))
		return damaged(d, "a name is empty, or holds '/' or a zero byte");
	if (e->inode > d->fs->super.inodes)
		return damaged(d, "a name belongs to an inode that does not exist");
	return OK;
}

enum status ext_dir_next(struct ext_dir *d, struct ext_dirent *e)
{
	*e = (struct ext_dirent){0};
	do {
		enum status status;

		if (d->at == d->part_size) {
			d->at = d->part_size = 0;
			status = d->inode->flags & EXT4_INLINE_DATA_FL ? next_half(d)
								       : next_block(d);
			if (status != OK || d->part_size == 0)
				return status;
		}
		status = record(d, e);
		if (status != OK)
			return status;
	} while (e->inode == 0);
	return OK;
}

struct ext_dir ext_dir_of_block(struct ext *fs, const struct ext_inode *inode, uint64_t at,
				const uint8_t *bytes)
{
	return (struct ext_dir){.fs = fs,
				.inode = inode,
				.window = {.next = at + 1, .end = at + 1},
				.part = bytes,
				.part_size = fs->super.block_size};
}

enum status ext_dir_search(struct ext_dir *d, struct str name, struct ext_found *found)
{
	bool casefold = d->inode->flags & EXT4_CASEFOLD_FL;
	struct ext_dirent e;
	enum status status;

	do {
		status = ext_dir_next(d, &e);
		if (status != OK || e.inode == 0)
			return status;
		if (casefold && found->folded == 0 && ext_fold_equal(e.name, name))
			found->folded = e.inode;
	} while (!str_eq(e.name, name));
	found->exact = e.inode;
	return OK;
}
