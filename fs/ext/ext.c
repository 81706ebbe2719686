/* ext2, ext3 and ext4: open, close, and the functions of a volume. */
#include "fs/ext/ext.h"

#include "base/fmt.h"
#include "base/mem.h"
#include "fs/ext/block.h"
#include "fs/ext/dir.h"
#include "fs/ext/file.h"
#include "fs/ext/inode.h"
#include "fs/ext/journal/load.h"
#include "fs/ext/super.h"

static struct ext *ext_of(struct inodes *base)
{
	return (struct ext *)base;
}

static enum status get(struct inodes *base, uint64_t number)
{
	return ext_inode_get(ext_of(base), (uint32_t)number, &ext_of(base)->at);
}

static enum status find(struct inodes *base, const struct inode *dir, struct str name,
			uint64_t *number)
{
	uint32_t n = 0;
	enum status status = ext_dir_find(ext_of(base), (const void *)dir, name, &n);

	*number = n;
	return status;
}

static enum status list(struct inodes *base, const struct inode *listed, dir_fn *fn, void *context)
{
	/* FN may look up paths, and each of them makes another inode of LISTED. */
	struct ext_inode inode = *(const struct ext_inode *)listed;

	return ext_dir_list(ext_of(base), &inode, fn, context);
}

static enum status map(struct inodes *base, const struct inode *inode, uint64_t at, struct run *run)
{
	return ext_map(ext_of(base), (const struct ext_inode *)inode, at, run);
}

static enum status content(struct inodes *base, const struct inode *inode, uint64_t offset,
			   void *to, size_t bytes)
{
	return ext_file_read(ext_of(base), (const struct ext_inode *)inode, offset, to, bytes);
}

static enum status read(struct inodes *base, uint64_t offset, void *to, size_t bytes)
{
	return ext_read(ext_of(base), offset, to, bytes);
}

static const struct inodes_ops ext_inodes_ops = {
	.read = read,
	.get = get,
	.find = find,
	.list = list,
	.map = map,
	.content = content,
};

static void ext_remarks(struct volume *v)
{
	ext_journal_remark((struct ext *)v);
}

static void ext_close(struct volume *v)
{
	struct ext *fs = (struct ext *)v;

	ext_changes_free(&fs->changes);
	journal_map_free(&fs->map);
	cache_free(&fs->large.cache);
	mem_free(fs, sizeof(*fs));
}

static const struct volume_ops ext_ops = {
	.info = inodes_info,
	.read = inodes_read,
	.list = inodes_list,
	.readlink = inodes_readlink,
	.remarks = ext_remarks,
	.close = ext_close,
};

/* A volume on DISK that has read nothing yet. NULL, reported, when there is no memory. */
static struct ext *start(struct block *disk)
{
	struct ext *fs = mem_alloc(sizeof(*fs));

	if (fs == NULL) {
		note(disk->report, "%.*s: no memory to open it", STR_ARG(disk->name));
		return NULL;
	}
	memset(fs, 0, sizeof(*fs));
	fs->base.vol = (struct volume){.ops = &ext_ops, .name = disk->name, .report = disk->report};
	fs->base.ops = &ext_inodes_ops;
	fs->base.disk = disk;
	fs->base.at = &fs->at.base;
	fs->base.large = &fs->large;
	fs->base.root = EXT4_ROOT_INO;
	fs->super_at = EXT4_SUPER_OFFSET;
	return fs;
}

/* Opens the rest, once the superblock is read. */
static enum status finish(struct ext *fs)
{
	enum status status;

	fs->base.block_bits = fs->super.block_bits;
	if (!cache_init(&fs->large.cache, fs->super.block_size))
		return fail(fs->base.vol.report, E_NO_MEMORY, "no memory for the cache");
	status = ext_journal_load(fs);
	fs->base.spent = 0; /* a long journal is no reason to refuse the files */
	fs->base.vol.type = ext_features_type(&fs->super);
	fs->base.vol.admin = "tune2fs";
	fs->base.vol.new_uuid = "-U random";
	inodes_name(&fs->base, fs->super.uuid, fs->super.label, sizeof(fs->super.label));
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
	size_t mark = report_mark(fs->base.vol.report), n;
	struct ext_inode root = {0};
	enum status status = ext_backup_find(fs, effort);

	if (status == OK)
		status = finish(fs);
	if (status == OK)
		status = ext_inode_get(fs, EXT4_ROOT_INO, &root);
	if (status != OK || root.base.type != FILE_DIRECTORY) {
		report_rewind(fs->base.vol.report, mark);
		return E_NOT_FOUND;
	}
	n = fmt(fs->copy_used, sizeof(fs->copy_used),
		"the copy at block %lu is used: repair it with 'e2fsck -b %lu -B %u DEVICE'",
		(unsigned long)fs->super.super_block, (unsigned long)fs->super.super_block,
		fs->super.block_size);
	fs->base.vol.copy_used = (struct str){fs->copy_used, n};
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
		*volume = &fs->base.vol;
	else
		ext_close(&fs->base.vol);
	return status;
}
