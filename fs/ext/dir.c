/* A directory, read from front to back. Large requests fill a window of several blocks. */
#include "fs/ext/dir.h"

#include "base/mem.h"
#include "fs/ext/block.h"
#include "fs/ext/checksum.h"
#include "fs/ext/file.h"
#include "fs/ext/fold.h"
#include "fs/ext/inline.h"

/* A look-up takes less than 1 MiB, with the cache and the volume itself. */
#define MEMORY_MAX    (1024u * 1024)
#define MEMORY_OTHERS (64u * 1024)

static enum status damaged(const struct ext_dir *d, const char *fault)
{
	if (d->inode->flags & EXT4_INLINE_DATA_FL)
		return fail(d->fs->base.vol.report, E_CORRUPT, "directory inode %lu is damaged: %s",
			    (unsigned long)d->inode->base.number, fault);
	return fail(d->fs->base.vol.report, E_CORRUPT,
		    "directory inode %lu: block %lu of it is damaged: %s",
		    (unsigned long)d->inode->base.number, (unsigned long)(d->next - 1), fault);
}

enum status ext_dir_open(struct ext *fs, const struct ext_inode *inode, struct ext_dir *dir)
{
	struct ext_dir d = {.fs = fs, .inode = inode};
	uint64_t most = MEMORY_MAX - MEMORY_OTHERS - fs->base.cache.bytes;

	if (inode->flags & EXT4_ENCRYPT_FL)
		return fail(
			fs->base.vol.report, E_UNSUPPORTED,
			"directory inode %lu is encrypted (feature 'encrypt'): only the guest's "
			"own kernel has the key",
			(unsigned long)inode->base.number);
	if (inode->base.size >> fs->super.block_bits > fs->super.blocks)
		return fail(fs->base.vol.report, E_CORRUPT,
			    "directory inode %lu is damaged: its size is %lu bytes, more than the "
			    "disk has",
			    (unsigned long)inode->base.number, (unsigned long)inode->base.size);
	d.end = inode->base.size >> fs->super.block_bits;
	if (inode->flags & EXT4_INLINE_DATA_FL)
		d.window_size = EXT4_I_BLOCK_SIZE + inode->inline_n;
	else if (d.end < most >> fs->super.block_bits)
		d.window_size = (size_t)(d.end << fs->super.block_bits);
	else
		d.window_size = (size_t)(most >> fs->super.block_bits << fs->super.block_bits);
	if (d.window_size == 0)
		d.window_size = fs->super.block_size;
	d.window = mem_alloc(d.window_size);
	if (d.window == NULL)
		return fail(fs->base.vol.report, E_NO_MEMORY, "no memory to read a directory");
	*dir = d;
	return OK;
}

void ext_dir_close(struct ext_dir *d)
{
	mem_free(d->window, d->window_size);
	d->window = NULL;
}

/* A directory of one block, as / and /boot mostly are, is searched for one name after another: it
 * is worth a place in the cache. */
static enum status window_cached(struct ext_dir *d, uint64_t block)
{
	struct cache_slot *slot;
	enum status status = inodes_cached(&d->fs->base, block, &slot);

	if (status == OK)
		memcpy(d->window, slot->data, d->fs->super.block_size);
	return status;
}

/* Skips holes, as Linux does, and fills the window with the blocks up to the next hole. */
static enum status window_fill(struct ext_dir *d)
{
	const unsigned bits = d->fs->super.block_bits;
	uint64_t room = d->window_size >> bits;
	struct run run;
	enum status status;

	d->filled = 0;
	while (d->next + d->filled < d->end && d->filled < room) {
		uint64_t left = d->end - d->next - d->filled;

		status = inodes_spend(&d->fs->base, COST_STEP);
		if (status == OK)
			status = ext_map(d->fs, d->inode, d->next + d->filled, &run);
		if (status != OK)
			return status;
		if (run.count > left)
			run.count = left;
		if (run.block != 0)
			d->filled += run.count;
		else if (d->filled == 0)
			d->next += run.count;
		else
			break;
	}
	if (d->filled > room)
		d->filled = room;
	d->first = d->next;
	if (d->end == 1 && d->filled == 1)
		return window_cached(d, run.block);
	return ext_file_read(d->fs, d->inode, d->next << bits, d->window,
			     (size_t)d->filled << bits);
}

/* Makes the next block of the directory the one that is read. */
static enum status next_block(struct ext_dir *d)
{
	const uint32_t size = d->fs->super.block_size;

	if (d->next >= d->end)
		return OK;
	if (d->next - d->first >= d->filled) {
		enum status status = window_fill(d);

		if (status != OK || d->filled == 0)
			return status;
	}
	d->part = d->window + (size_t)(d->next - d->first) * size;
	d->part_size = size;
	d->next++;
	if (!ext_checksum_dir(d->fs, d->inode, d->next - 1, d->part))
		return damaged(d, "its checksum is wrong");
	return OK;
}

/* The same for inline data. Its two halves are like two small blocks; the first begins with the
 * inode number of the parent directory. */
static enum status next_half(struct ext_dir *d)
{
	const size_t parent = sizeof(le32);
	size_t stored = d->window_size;

	if (d->next == 0) {
		d->part = d->window + parent;
		d->part_size = EXT4_I_BLOCK_SIZE - parent;
	} else if (d->next == 1 && stored > EXT4_I_BLOCK_SIZE) {
		d->part = d->window + EXT4_I_BLOCK_SIZE;
		d->part_size = stored - EXT4_I_BLOCK_SIZE;
	} else {
		return OK;
	}
	if (d->next++ > 0)
		return OK;
	return ext_inline_read(d->fs, d->inode, 0, d->window, stored);
}

static enum file_type type_of(const struct ext *fs, uint8_t file_type)
{
	if (!(fs->super.incompat & EXT4_INCOMPAT_FILETYPE) || file_type == 0 ||
	    file_type > EXT4_FT_MAX)
		return FILE_UNKNOWN;
	switch (file_type) {
	case EXT4_FT_REG_FILE:
		return FILE_REGULAR;
	case EXT4_FT_DIR:
		return FILE_DIRECTORY;
	case EXT4_FT_SYMLINK:
		return FILE_SYMLINK;
	default:
		return FILE_SPECIAL;
	}
}

bool ext_dir_is_name(struct str s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != '/' && s.p[i] != '\0')
		i++;
	return i > 0 && i == s.n;
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
	e->type = type_of(d->fs, raw->file_type);
	if (!ext_dir_is_name(name))
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
				.next = at + 1,
				.end = at + 1,
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
