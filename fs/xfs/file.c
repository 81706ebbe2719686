/* The bytes of files and symlinks: in blocks, or in the inode itself. */
#include "fs/xfs/file.h"

#include "base/mem.h"
#include "fs/xfs/block.h"

/* What is wrong with one piece of a symlink, N bytes at byte AT of the disk, in words; NULL when
 * nothing is. */
static const char *fault_in_piece(struct xfs *fs, const struct xfs_inode *inode, uint64_t at,
				  const uint8_t *bytes, size_t n, uint64_t offset)
{
	const struct xfs_dsymlink_hdr *raw = (const void *)bytes;
	const struct xfs_mark mark = {.bytes = bytes,
				      .n = n,
				      .crc_at = offsetof(struct xfs_dsymlink_hdr, sl_crc),
				      .uuid = raw->sl_uuid,
				      .owner = raw->sl_owner,
				      .at = at,
				      .lsn_at = offsetof(struct xfs_dsymlink_hdr, sl_lsn),
				      .first = xfs_changes_first(&fs->changes, at, n)};
	uint32_t held = get_be32(raw->sl_bytes);

	if (get_be32(raw->sl_magic) != XFS_SYMLINK_MAGIC)
		return "it has no magic number";
	if (get_be32(raw->sl_offset) != offset || held == 0 || held > n - sizeof(*raw) ||
	    held > inode->base.size - offset)
		return "it has an impossible length";
	return xfs_fault_in_mark(fs, inode->base.number, &mark);
}

/* Reads one extent of a symlink, N bytes at block BLOCK, and copies what it holds to TO, where DONE
 * bytes of the target are already. */
static enum status add_piece(struct xfs *fs, const struct xfs_inode *inode, uint64_t block,
			     uint8_t *bytes, size_t n, char *to, size_t *done)
{
	const uint64_t at = block << fs->super.block_bits;
	enum status status = xfs_read(&fs->base, at, bytes, n);
	const char *fault;
	size_t held;

	if (status != OK)
		return status;
	fault = fault_in_piece(fs, inode, at, bytes, n, *done);
	if (fault != NULL)
		return fail(fs->base.vol.report, E_CORRUPT,
			    "the symlink, inode %lu, is damaged at block %lu: %s",
			    (unsigned long)inode->base.number, (unsigned long)block, fault);
	held = get_be32(((const struct xfs_dsymlink_hdr *)bytes)->sl_bytes);
	memcpy(to + *done, bytes + sizeof(struct xfs_dsymlink_hdr), held);
	*done += held;
	return OK;
}

/* Reads a symlink of version 5: each of its extents has a header. */
static enum status read_symlink(struct xfs *fs, const struct xfs_inode *inode, char *to)
{
	size_t size = fs->super.block_size, done = 0, header = sizeof(struct xfs_dsymlink_hdr);
	size_t most = (XFS_SYMLINK_MAXLEN + header + size - 1) / size * size;
	uint8_t *bytes = mem_alloc(most);
	enum status status = OK;

	if (bytes == NULL)
		return fail(fs->base.vol.report, E_NO_MEMORY, "no memory to read a symlink");
	for (uint64_t at = 0; status == OK && done < inode->base.size;) {
		size_t wanted = ((size_t)inode->base.size - done + header + size - 1) / size;
		struct run run;

		status = xfs_map(&fs->base, &inode->base, at, &run);
		if (status != OK)
			break;
		if (run.count > wanted)
			run.count = wanted;
		at += run.count;
		status = run.block == 0
				 ? fail(fs->base.vol.report, E_CORRUPT,
					"the symlink, inode %lu, is damaged: a part is missing",
					(unsigned long)inode->base.number)
				 : add_piece(fs, inode, run.block, bytes, (size_t)run.count * size,
					     to, &done);
	}
	mem_free(bytes, most);
	return status;
}

static bool is_unfinished(const struct xfs *fs, uint64_t number)
{
	unsigned i = 0;

	while (i < XFS_UNFINISHED_MOST && fs->unfinished[i].inodes[0] != number &&
	       fs->unfinished[i].inodes[1] != number)
		i++;
	return i < XFS_UNFINISHED_MOST;
}

enum status xfs_content(struct inodes *base, const struct inode *of, uint64_t offset, void *to,
			size_t bytes)
{
	const struct xfs_inode *inode = (const struct xfs_inode *)of;
	struct xfs *fs = (struct xfs *)base;

	if (inode->realtime)
		return fail(base->vol.report, E_UNSUPPORTED,
			    "inode %lu has its content on the realtime device, which is not read",
			    (unsigned long)of->number);
	if (is_unfinished(fs, of->number))
		return fail(
			base->vol.report, E_UNSUPPORTED,
			"inode %lu: its blocks were being exchanged with those of another file "
			"when the machine stopped; Linux ends that when it mounts: mount it once",
			(unsigned long)of->number);
	if (inode->format == XFS_DINODE_FMT_LOCAL) {
		memcpy(to, inode->fork + offset, bytes);
		return OK;
	}
	if (of->type == FILE_SYMLINK && fs->super.v5)
		return read_symlink(fs, inode, to);
	return inodes_read_runs(base, of, offset, to, bytes);
}
