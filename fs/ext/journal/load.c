/* A file system that was not unmounted: its journal is read, and then counts more than the disk. */
#include "fs/ext/journal/load.h"

#include "base/mem.h"
#include "fs/ext/block.h"
#include "fs/ext/checksum.h"
#include "fs/ext/inode.h"
#include "fs/ext/journal/jbd2.h"
#include "fs/ext/replay.h"
#include "fs/ext/super.h"

static enum status scan(struct ext *fs, const struct ext_inode *inode, struct journal_map *map,
			struct fast_records *fast)
{
	struct jbd2 j;
	enum status status = jbd2_open(fs, inode, &j);

	if (status != OK)
		return status;
	status = jbd2_scan(&j, map);
	if (status == OK)
		status = jbd2_fast_commits(&j, fast);
	jbd2_close(&j);
	return status;
}

static enum status journal_inode(struct ext *fs, struct ext_inode *inode)
{
	enum status status = ext_inode_get(fs, fs->super.journal_inode, inode);

	if (status == OK && inode->base.type != FILE_REGULAR)
		status = fail(fs->base.vol.report, E_CORRUPT,
			      "inode %lu, the journal, is no regular file",
			      (unsigned long)inode->base.number);
	return status;
}

/* Makes the journal's inode from the copy that the superblock keeps of it. */
static enum status backup_inode(struct ext *fs, struct ext_inode *found)
{
	static const struct ext4_inode zeroed; /* for the seed: the generation of the inode is 0 */
	struct ext_inode inode = {
		.base = {.number = fs->super.journal_inode, .type = FILE_REGULAR}};
	const struct ext4_extent_header *root = (const void *)inode.i_block;
	struct ext4_super_block raw;
	enum status status = ext_read(fs, EXT4_SUPER_OFFSET, &raw, sizeof(raw));

	if (status != OK)
		return status;
	if (raw.s_jnl_backup_type != EXT4_JNL_BACKUP_BLOCKS || !ext_checksum_super(&raw))
		return E_CORRUPT;
	memcpy(inode.i_block, raw.s_jnl_blocks, sizeof(inode.i_block));
	inode.base.size = join32(get_le32(raw.s_jnl_blocks[16]), get_le32(raw.s_jnl_blocks[15]));
	if (get_le16(root->eh_magic) == EXT4_EXT_MAGIC)
		inode.flags = EXT4_EXTENTS_FL;
	inode.csum_seed =
		ext_checksum_seed(fs, (uint32_t)inode.base.number, (const uint8_t *)&zeroed);
	note(fs->base.vol.report,
	     "%.*s: the journal is read with the superblock's copy of its inode",
	     STR_ARG(fs->base.vol.name));
	*found = inode;
	return OK;
}

static enum status refuse_external(struct ext *fs)
{
	struct ext4_super_block raw;
	enum status status = ext_read(fs, EXT4_SUPER_OFFSET, &raw, sizeof(raw));
	const uint8_t *u = raw.s_journal_uuid;

	if (status != OK)
		return status;
	return fail(
		fs->base.vol.report, E_UNSUPPORTED,
		"%.*s was not unmounted, and its journal lies on another disk (UUID "
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x), which is "
		"not read: mount it once elsewhere, or run e2fsck",
		STR_ARG(fs->base.vol.name), u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8],
		u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
}

/* True when the log has a copy of BLOCK. */
static bool is_copied(void *context, uint64_t block)
{
	const struct journal_copy *copy = journal_map_find(context, block);

	return copy != NULL && copy->home == block;
}

/* Puts the map in use: from here on every read sees the copies. The superblock is read again, as
 * the log may have a copy of it. */
static enum status use_map(struct ext *fs, const struct journal_map *map, size_t mark)
{
	uint32_t block_size = fs->super.block_size;
	enum status status;

	fs->map = *map;
	cache_forget(&fs->large.cache, is_copied, &fs->map);
	if (!is_copied(&fs->map, fs->super_at >> fs->super.block_bits))
		return OK;
	status = ext_super_read(fs);
	if (status == OK && fs->super.block_size == block_size)
		return OK;
	return fail_in(
		fs->base.vol.report, mark,
		status == OK || status == E_NOT_FOUND ? E_CORRUPT : status,
		"%.*s was not unmounted, and the superblock in its journal does not fit: run "
		"e2fsck",
		STR_ARG(fs->base.vol.name));
}

void ext_journal_remark(struct ext *fs)
{
	size_t n = fs->copies_damaged;
	bool one = n == 1;

	if (n > 0)
		note(fs->base.vol.report,
		     "%.*s: %zu block%s in the journal ha%s a wrong checksum and %s not used; "
		     "repair it with e2fsck",
		     STR_ARG(fs->base.vol.name), n, one ? "" : "s", one ? "s" : "ve",
		     one ? "is" : "are");
	fs->copies_damaged = 0;
}

/* Does the fast commits again. Without them the file system is as the log has left it. */
static enum status use_fast(struct ext *fs, const struct fast_records *fast)
{
	size_t mark = report_mark(fs->base.vol.report);
	enum status status = ext_replay(fs, fast);

	if (status == OK)
		return OK;
	ext_changes_free(&fs->changes);
	status = fail_in(fs->base.vol.report, mark, status,
			 "%.*s: the last changes, which are fast commits, cannot be used: files "
			 "may be some seconds older than they should be; repair it with e2fsck",
			 STR_ARG(fs->base.vol.name));
	return status == E_IO || status == E_NO_MEMORY ? status : OK;
}

/* Reads the journal that INODE holds and puts it in use. The log is not read into fs->map, as it
 * must be read as it lies on the disk. */
static enum status use_journal(struct ext *fs, const struct ext_inode *inode, size_t mark)
{
	struct journal_map map = {0};
	struct fast_records fast = {0};
	enum status status = scan(fs, inode, &map, &fast);

	if (status == OK) {
		status = use_map(fs, &map, mark);
		if (status == OK)
			status = use_fast(fs, &fast);
	} else {
		journal_map_free(&map);
		status = inodes_without_log(&fs->base, "journal", mark, status);
	}
	fast_records_free(&fast);
	return status;
}

enum status ext_journal_load(struct ext *fs)
{
	size_t mark = report_mark(fs->base.vol.report);
	struct ext_inode inode;
	enum status status;

	if (!(fs->super.incompat & EXT4_INCOMPAT_RECOVER))
		return OK;
	if (!(fs->super.compat & EXT4_COMPAT_HAS_JOURNAL)) {
		note(fs->base.vol.report, "%.*s was not unmounted, and has no journal: run e2fsck",
		     STR_ARG(fs->base.vol.name));
		return OK;
	}
	if (fs->super.journal_inode == 0)
		return refuse_external(fs);
	status = journal_inode(fs, &inode);
	if (status == E_CORRUPT)
		status = backup_inode(fs, &inode);
	return status == OK ? use_journal(fs, &inode, mark)
			    : inodes_without_log(&fs->base, "journal", mark, status);
}
