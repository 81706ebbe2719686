/* XFS: open, close, and what fs/inodes.h wants of it. */
#include "fs/xfs/xfs.h"

#include "base/mem.h"
#include "fs/xfs/block.h"
#include "fs/xfs/dir.h"
#include "fs/xfs/file.h"
#include "fs/xfs/inode.h"
#include "fs/xfs/log/load.h"
#include "fs/xfs/super.h"

static enum status get(struct inodes *base, uint64_t number)
{
	struct xfs *fs = (struct xfs *)base;

	return xfs_inode_get(fs, number, &fs->at);
}

static const struct inodes_ops xfs_inodes_ops = {
	.read = xfs_read,
	.get = get,
	.find = xfs_dir_find,
	.list = xfs_dir_list,
	.map = xfs_map,
	.content = xfs_content,
};

static void xfs_close(struct volume *v)
{
	struct xfs *fs = (struct xfs *)v;

	xfs_changes_free(&fs->changes);
	cache_free(&fs->large.cache);
	mem_free(fs, sizeof(*fs));
}

static const struct volume_ops xfs_ops = {
	.info = inodes_info,
	.read = inodes_read,
	.list = inodes_list,
	.readlink = inodes_readlink,
	.close = xfs_close,
};

/* Replays the log, and reads the superblock again if that changes it: the file system may have
 * grown. */
static enum status replay(struct xfs *fs)
{
	uint32_t block_size = fs->super.block_size;
	enum status status = xfs_log_load(fs);

	fs->base.spent = 0; /* a long log is no reason to refuse the files */
	if (status == OK &&
	    xfs_changes_first(&fs->changes, 0, fs->super.block_size) != XFS_NOT_CHANGED)
		status = xfs_super_read(fs);
	return status == OK && fs->super.block_size != block_size
		       ? fail(fs->base.vol.report, E_CORRUPT,
			      "the superblock in the log does not fit: run 'xfs_repair DEVICE'")
		       : status;
}

/* Opens the rest, once the superblock is read. */
static enum status finish(struct xfs *fs)
{
	struct inodes *base = &fs->base;
	enum status status = replay(fs);

	if (status != OK)
		return status;
	if (!cache_init(&fs->large.cache, fs->super.block_size))
		return fail(base->vol.report, E_NO_MEMORY, "no memory for the cache");
	base->block_bits = fs->super.block_bits;
	base->root = fs->super.root;
	base->vol.type = "xfs";
	base->vol.admin = "xfs_admin";
	base->vol.new_uuid = "-U generate";
	inodes_name(base, fs->super.uuid, fs->super.label, sizeof(fs->super.label));
	return OK;
}

enum status xfs_open(struct block *disk, enum effort effort, struct volume **volume)
{
	struct xfs *fs;
	enum status status;
	be32 magic;

	if (effort != EFFORT_PLACE || disk->size < sizeof(struct xfs_dsb))
		return E_NOT_FOUND;
	status = block_read(disk, 0, &magic, sizeof(magic));
	if (status != OK || get_be32(magic) != XFS_SB_MAGIC)
		return status == OK ? E_NOT_FOUND : status;
	fs = mem_alloc(sizeof(*fs));
	if (fs == NULL)
		return fail(disk->report, E_NO_MEMORY, "%.*s: no memory to open it",
			    STR_ARG(disk->name));
	memset(fs, 0, sizeof(*fs));
	fs->base = (struct inodes){
		.vol = {.ops = &xfs_ops, .name = disk->name, .report = disk->report},
		.ops = &xfs_inodes_ops,
		.disk = disk,
		.at = &fs->at.base,
		.large = &fs->large};
	status = xfs_super_read(fs);
	if (status == OK)
		status = finish(fs);
	if (status == OK)
		*volume = &fs->base.vol;
	else
		xfs_close(&fs->base.vol);
	return status;
}
