/* A file system that was not unmounted: its log is read, and then counts more than the disk. */
#include "fs/xfs/log/load.h"

#include "base/mem.h"
#include "fs/xfs/log/head.h"
#include "fs/xfs/log/items.h"

static enum status pass(struct log *l, struct replay *r, commit_fn *fn)
{
	const char *fault;
	uint32_t at;
	enum status status = log_walk(l, fn, r, &fault, &at);

	if (status == OK && fault != NULL)
		return fail(
			l->fs->base.vol.report, E_CORRUPT,
			"the log is damaged, or not understood, in the record at block %u of it: "
			"%s; mount it once elsewhere, or run xfs_repair",
			at, fault);
	return status;
}

static enum status replay(struct log *l)
{
	struct xfs *fs = l->fs;
	struct replay *r;
	enum status status;

	if (fs->super.log_incompat & ~XFS_SB_FEAT_LOG_INCOMPAT_KNOWN)
		return fail(fs->base.vol.report, E_UNSUPPORTED,
			    "the log needs features that are not known (bits 0x%x)",
			    fs->super.log_incompat & ~XFS_SB_FEAT_LOG_INCOMPAT_KNOWN);
	r = mem_alloc(sizeof(*r));
	if (r == NULL)
		return fail(fs->base.vol.report, E_NO_MEMORY, "no memory to replay the log");
	*r = (struct replay){.fs = fs, .arena.limit = CANCEL_MEMORY};
	status = pass(l, r, replay_find_cancels);
	if (status == OK)
		status = pass(l, r, replay_apply);
	arena_free(&r->arena);
	mem_free(r, sizeof(*r));
	return status;
}

static enum status find_and_replay(struct log *l)
{
	const char *fault = NULL;
	bool clean = false;
	enum status status = log_find_ends(l, &clean, &fault);

	if (status == OK && fault != NULL)
		return fail(l->fs->base.vol.report, E_CORRUPT, "the log is damaged: %s", fault);
	return status == OK && !clean ? replay(l) : status;
}

enum status xfs_log_load(struct xfs *fs)
{
	const struct xfs_super *s = &fs->super;
	size_t mark = report_mark(fs->base.vol.report), room = (size_t)RECORD_MOST * BBSIZE;
	struct log l = {.fs = fs,
			.begin = s->log << s->block_bits,
			.blocks = (uint32_t)((uint64_t)s->log_blocks << s->block_bits >> BB_BITS),
			.bytes = mem_alloc(room)};
	enum status status;

	if (l.bytes == NULL)
		return fail(fs->base.vol.report, E_NO_MEMORY, "no memory to read the log");
	status = find_and_replay(&l);
	mem_free(l.bytes, room);
	if (status == OK)
		return OK;
	xfs_changes_free(&fs->changes);
	memset(fs->unfinished, 0, sizeof(fs->unfinished));
	return inodes_without_log(&fs->base, "log", mark, status);
}
