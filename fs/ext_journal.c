/* A file system that was not unmounted: what its journal holds stands over what the disk holds. */
#include "fs/ext_impl.h"
#include "fs/jbd2.h"

/* The file system can be read all the same, only not its last state. */
static enum status go_on_without(struct ext *fs, size_t mark, enum status status)
{
	struct volume *v = &fs->vol;

	status = fail_in(
		v->report, mark, status,
		"%.*s was not unmounted, and its journal cannot be used: files may be older than "
		"they should be",
		STR_ARG(v->name));
	return status == E_IO || status == E_NO_MEMORY ? status : OK;
}

static enum status scan(struct ext *fs, const struct ext_inode *inode)
{
	struct volume *v = &fs->vol;
	bool fast = false;
	struct jbd2 j;
	enum status status = jbd2_open(fs, inode, &j);

	if (status != OK)
		return status;
	status = jbd2_scan(&j, &fs->map);
	if (status == OK)
		status = jbd2_has_fast_commits(&j, &fast);
	if (status == OK && fast)
		note(v->report,
		     "%.*s: the last changes are fast commits, which are not replayed: files may "
		     "be some "
		     "seconds older than they should be (tune2fs -O ^fast_commit turns them off)",
		     STR_ARG(v->name));
	jbd2_close(&j);
	return status;
}

enum status ext_journal_load(struct ext *fs)
{
	struct volume *v = &fs->vol;
	size_t mark = report_mark(v->report);
	struct journal_map map = {0};
	struct ext_inode inode;
	enum status status;

	if (!(fs->super.incompat & EXT4_INCOMPAT_RECOVER))
		return OK;
	if (fs->super.journal_inode == 0)
		return fail(v->report, E_UNSUPPORTED,
			    "%.*s was not unmounted, and its journal lies on another device, which "
			    "we do "
			    "not read: mount it once elsewhere, or run e2fsck",
			    STR_ARG(v->name));
	status = ext_inode_get(fs, fs->super.journal_inode, &inode);
	if (status == OK && inode.type != FILE_REGULAR)
		status = fail(v->report, E_CORRUPT, "inode %u, the journal, is no regular file",
			      inode.number);
	if (status == OK)
		status = scan(fs, &inode);
	if (status != OK) {
		journal_map_free(&fs->map);
		return go_on_without(fs, mark, status);
	}
	map = fs->map;
	/* From here on every read sees the copies, the superblock's first of all. */
	cache_forget(&fs->cache);
	return map.count == 0 ? OK : ext_super_read(fs);
}
