/* Inodes: read by number, checked, and decoded once. */
#include "fs/xfs/inode.h"

#include "base/mem.h"
#include "fs/xfs/block.h"

#define NSEC 1000000000u

/* An impossible number of seconds is some other number, the same each time. */
static int64_t changed_of(const struct xfs_dinode *raw, uint64_t flags2)
{
	uint64_t t = get_be64(raw->di_ctime);

	if (flags2 & XFS_DIFLAG2_BIGTIME)
		return (int64_t)(t - XFS_BIGTIME_EPOCH * NSEC);
	return (int64_t)(int32_t)(t >> 32) * NSEC + (uint32_t)t;
}

static uint32_t mtime_of(const struct xfs_dinode *raw, uint64_t flags2)
{
	uint64_t t = get_be64(raw->di_mtime);

	if (flags2 & XFS_DIFLAG2_BIGTIME)
		return (uint32_t)(t / NSEC - XFS_BIGTIME_EPOCH);
	return (uint32_t)(t >> 32);
}

/* What is wrong with the inode as such, in words; NULL when nothing is. */
static const char *fault_in_core(struct xfs *fs, uint64_t number, const struct xfs_dinode *raw,
				 uint64_t first)
{
	const struct xfs_mark mark = {.bytes = (const uint8_t *)raw,
				      .n = fs->super.inode_size,
				      .crc_at = offsetof(struct xfs_dinode, di_crc),
				      .uuid = raw->di_uuid,
				      .owner = raw->di_ino,
				      .first = first};

	if (get_be16(raw->di_magic) != XFS_DINODE_MAGIC)
		return "it has no magic number";
	if (fs->super.v5 ? raw->di_version != 3 : raw->di_version != 1 && raw->di_version != 2)
		return "its version is wrong";
	return xfs_fault_in_mark(fs, number, &mark);
}

/* What is wrong with what the inode says of its content. */
static const char *fault_in_fork(const struct xfs_inode *inode)
{
	enum file_type type = inode->base.type;

	if (inode->base.size > (type == FILE_SYMLINK ? XFS_SYMLINK_MAXLEN : INT64_MAX))
		return "its size is impossible";
	if (type == FILE_SPECIAL)
		return NULL;
	switch (inode->format) {
	case XFS_DINODE_FMT_LOCAL:
		if (type == FILE_REGULAR)
			return "its format is impossible";
		return inode->base.size > inode->fork_size ? "it has more content than room" : NULL;
	case XFS_DINODE_FMT_EXTENTS:
		return inode->extents > inode->fork_size / sizeof(struct xfs_bmbt_rec)
			       ? "it has more extents than room"
			       : NULL;
	case XFS_DINODE_FMT_BTREE:
		return NULL; /* fs/xfs/extent.c checks the tree */
	default:
		return "its format is impossible";
	}
}

/* Decodes what lies behind the core, which has been checked. */
static const char *decode(const struct xfs *fs, const struct xfs_dinode *raw,
			  struct xfs_inode *inode)
{
	uint64_t flags2 = fs->super.v5 ? get_be64(raw->di_flags2) : 0;
	uint32_t begin = fs->super.v5 ? sizeof(*raw) : XFS_DINODE_SIZE_OLD;
	uint32_t room = fs->super.inode_size - begin;

	if (get_be16(raw->di_mode) == 0)
		return "it has a name but is not in use";
	if (raw->di_forkoff * 8u > room)
		return "its attributes begin behind its end";
	inode->base.type = inodes_type(get_be16(raw->di_mode));
	inode->base.size = get_be64(raw->di_size);
	inode->base.mtime = mtime_of(raw, flags2);
	inode->base.changed = changed_of(raw, flags2);
	inode->format = raw->di_format;
	inode->realtime = get_be16(raw->di_flags) & XFS_DIFLAG_REALTIME;
	inode->extents = flags2 & XFS_DIFLAG2_NREXT64 ? get_be64(raw->di_big_nextents)
						      : get_be32(raw->di_nextents);
	inode->fork_size = raw->di_forkoff != 0 ? raw->di_forkoff * 8u : room;
	memcpy(inode->fork, (const uint8_t *)raw + begin, inode->fork_size);
	return fault_in_fork(inode);
}

enum status xfs_inode_get(struct xfs *fs, uint64_t number, struct xfs_inode *inode)
{
	const struct xfs_super *s = &fs->super;
	uint64_t at = number & ((1u << s->per_block_bits) - 1), block;
	const struct xfs_dinode *raw;
	struct cache_slot *slot;
	const char *fault;
	enum status status;

	if (!xfs_place(&fs->super, number >> s->per_block_bits, 1, &block))
		return fail(fs->base.vol.report, E_CORRUPT,
			    "a directory names inode %lu, which no file can have",
			    (unsigned long)number);
	status = inodes_cached(&fs->base, block, &slot);
	if (status != OK)
		return status;
	raw = (const void *)(slot->data + (at << s->inode_bits));
	inode->base.number = number;
	fault = fault_in_core(fs, number, raw,
			      xfs_changes_first(&fs->changes,
						(block << s->block_bits) + (at << s->inode_bits),
						s->inode_size));
	if (fault == NULL)
		fault = decode(fs, raw, inode);
	return fault == NULL ? OK
			     : fail(fs->base.vol.report, E_CORRUPT, "inode %lu is damaged: %s",
				    (unsigned long)number, fault);
}
