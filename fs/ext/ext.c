/* ext2, ext3 and ext4: open, close, and the functions of a volume. */
#include "fs/ext/ext.h"

#include "base/arena.h"
#include "base/fmt.h"
#include "base/mem.h"
#include "fs/ext/dir.h"
#include "fs/ext/file.h"
#include "fs/ext/inode.h"
#include "fs/ext/journal/load.h"
#include "fs/ext/path.h"
#include "fs/ext/super.h"

static struct ext *ext_of(struct volume *v)
{
	return (struct ext *)v;
}

static enum status ext_info(struct volume *v, struct str path, bool follow, struct file_info *info)
{
	struct ext_inode inode;
	enum status status = ext_walk(ext_of(v), path, follow, &inode);

	if (status == OK)
		*info = (struct file_info){inode.type, inode.size, true, inode.mtime};
	return status;
}

static enum status ext_vol_read(struct volume *v, struct str path, uint64_t offset, void *to,
				size_t bytes)
{
	struct ext *fs = ext_of(v);
	uint64_t spent = fs->spent;
	struct ext_inode inode;
	enum status status = ext_walk(fs, path, true, &inode);

	if (status != OK)
		return status;
	if (inode.type != FILE_REGULAR)
		return fail(v->report, E_WRONG_TYPE, "%.*s on %.*s is %s, not a regular file",
			    STR_ARG(path), STR_ARG(v->name),
			    inode.type == FILE_DIRECTORY ? "a directory" : "a special file");
	if (inode.flags & EXT4_ENCRYPT_FL)
		return fail(
			v->report, E_UNSUPPORTED,
			"inode %u is encrypted (feature 'encrypt'): only the guest's own kernel "
			"has the key",
			inode.number);
	if (offset > inode.size || bytes > inode.size - offset)
		return fail(v->report, E_LIMIT,
			    "%.*s on %.*s ends after %lu bytes: cannot read %zu from byte %lu on",
			    STR_ARG(path), STR_ARG(v->name), (unsigned long)inode.size, bytes,
			    (unsigned long)offset);
	status = ext_file_read(fs, &inode, offset, to, bytes);
	/* A file that was asked for and read was worth its cost; large ones come in many pieces.
	 */
	if (status == OK)
		fs->spent = spent;
	return status;
}

static enum status ext_list(struct volume *v, struct str path, dir_fn *fn, void *context)
{
	struct ext *fs = ext_of(v);
	struct ext_inode inode;
	enum status status = ext_walk(fs, path, true, &inode);

	if (status != OK)
		return status;
	if (inode.type != FILE_DIRECTORY)
		return fail(v->report, E_WRONG_TYPE, "%.*s on %.*s is not a directory",
			    STR_ARG(path), STR_ARG(v->name));
	return ext_dir_list(fs, &inode, fn, context);
}

static enum status ext_readlink(struct volume *v, struct str path, struct arena *arena,
				struct str *target)
{
	struct ext *fs = ext_of(v);
	struct ext_inode inode;
	enum status status = ext_walk(fs, path, false, &inode);
	size_t n;

	if (status != OK)
		return status;
	if (inode.type != FILE_SYMLINK)
		return fail(v->report, E_WRONG_TYPE, "%.*s on %.*s is not a symlink", STR_ARG(path),
			    STR_ARG(v->name));
	status = ext_symlink_read(fs, &inode, fs->path, &n);
	if (status != OK)
		return status;
	if (!str_dup(arena, (struct str){fs->path, n}, target))
		return fail(v->report, E_NO_MEMORY, "no memory for the target of a symlink");
	return OK;
}

static void ext_remarks(struct volume *v)
{
	ext_journal_remark(ext_of(v));
}

static void ext_close(struct volume *v)
{
	struct ext *fs = ext_of(v);

	ext_changes_free(&fs->changes);
	journal_map_free(&fs->map);
	cache_free(&fs->cache);
	mem_free(fs, sizeof(*fs));
}

static const struct volume_ops ext_ops = {
	.info = ext_info,
	.read = ext_vol_read,
	.list = ext_list,
	.readlink = ext_readlink,
	.remarks = ext_remarks,
	.close = ext_close,
};

static void set_uuid(struct volume *v, const uint8_t *b)
{
	bool any = false;
	size_t n = 0;

	for (unsigned i = 0; i < 16; i++) {
		const char *dash = i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";

		n += fmt(v->uuid + n, sizeof(v->uuid) - n, "%s%02x", dash, b[i]);
		any |= b[i] != 0;
	}
	v->uuid[any ? n : 0] = '\0';
}

/* A volume on DISK that has read nothing yet. NULL, reported, when there is no memory. */
static struct ext *start(struct block *disk)
{
	struct ext *fs = mem_alloc(sizeof(*fs));

	if (fs == NULL) {
		note(disk->report, "%.*s: no memory to open it", STR_ARG(disk->name));
		return NULL;
	}
	memset(fs, 0, sizeof(*fs));
	fs->vol = (struct volume){.ops = &ext_ops, .name = disk->name, .report = disk->report};
	fs->disk = disk;
	fs->super_at = EXT4_SUPER_OFFSET;
	return fs;
}

/* Opens the rest, once the superblock is read. */
static enum status finish(struct ext *fs)
{
	enum status status;

	if (!cache_init(&fs->cache, fs->super.block_size))
		return fail(fs->vol.report, E_NO_MEMORY, "no memory for the cache");
	status = ext_journal_load(fs);
	fs->spent = 0; /* a long journal is no reason to refuse the files */
	fs->vol.type = ext_features_type(&fs->super);
	set_uuid(&fs->vol, fs->super.uuid);
	fs->vol.label = (struct str){fs->super.label, sizeof(fs->super.label)};
	fs->vol.label.n = str_find(fs->vol.label, '\0');
	return status;
}

static enum status open_in_place(struct ext *fs)
{
	enum status status = ext_super_read(fs);

	return status == OK ? finish(fs) : status;
}

/* Opens the file system by a copy of its superblock. What is wrong with a copy is not reported:
 * another may do. */
static enum status open_by_copy(struct ext *fs, enum effort effort)
{
	size_t mark = report_mark(fs->vol.report), n;
	struct ext_inode root = {0};
	enum status status = ext_backup_find(fs, effort);

	if (status == OK)
		status = finish(fs);
	if (status == OK)
		status = ext_inode_get(fs, EXT4_ROOT_INO, &root);
	if (status != OK || root.type != FILE_DIRECTORY) {
		report_rewind(fs->vol.report, mark);
		return E_NOT_FOUND;
	}
	n = fmt(fs->copy_used, sizeof(fs->copy_used),
		"the copy at block %lu is used: repair it with 'e2fsck -b %lu -B %u DEVICE'",
		(unsigned long)fs->super.super_block, (unsigned long)fs->super.super_block,
		fs->super.block_size);
	fs->vol.copy_used = (struct str){fs->copy_used, n};
	return OK;
}

enum status ext_open(struct block *disk, enum effort effort, struct volume **volume)
{
	struct ext *fs = start(disk);
	enum status status;

	if (fs == NULL)
		return E_NO_MEMORY;
	status = effort == EFFORT_PLACE ? open_in_place(fs) : open_by_copy(fs, effort);
	if (status == OK)
		*volume = &fs->vol;
	else
		ext_close(&fs->vol);
	return status;
}
