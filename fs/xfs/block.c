/* Blocks of an XFS file system: every read, where blocks lie, and whether they are what was
 * written. */
#include "fs/xfs/block.h"

#include "base/crc.h"
#include "base/mem.h"

enum status xfs_read(struct inodes *fs, uint64_t offset, void *to, size_t bytes)
{
	enum status status = inodes_request(fs, offset, to, bytes);

	if (status == OK)
		xfs_changes_apply(&((struct xfs *)fs)->changes, offset, to, bytes);
	return status;
}

bool xfs_place(const struct xfs_super *s, uint64_t number, uint64_t count, uint64_t *block)
{
	uint64_t ag = number >> s->ag_bits, at = number & (((uint64_t)1 << s->ag_bits) - 1);
	uint64_t blocks = s->ag_blocks;

	if (ag >= s->ags)
		return false;
	if (ag == s->ags - 1)
		blocks = s->blocks - ag * s->ag_blocks;
	*block = ag * s->ag_blocks + at;
	return at > 0 && at < blocks && count <= blocks - at;
}

bool xfs_is_changed(const struct xfs *fs, uint64_t block, uint64_t count)
{
	const unsigned bits = fs->super.block_bits;

	return xfs_changes_in(&fs->changes, block << bits, count << bits);
}

bool xfs_crc_good(const uint8_t *bytes, size_t n, size_t at)
{
	static const uint8_t zeros[sizeof(le32)];
	uint32_t crc = crc32c(crc32c(~0u, bytes, at), zeros, sizeof(zeros));

	crc = crc32c(crc, bytes + at + sizeof(le32), n - at - sizeof(le32));
	return ~crc == get_le32(*(const le32 *)(bytes + at));
}

const char *xfs_fault_in_mark(const struct xfs *fs, uint64_t number, const struct xfs_mark *m)
{
	if (!fs->super.v5)
		return NULL;
	if (!m->changed && !xfs_crc_good(m->bytes, m->n, m->crc_at))
		return "its checksum is wrong";
	if (memcmp(m->uuid, fs->super.meta_uuid, sizeof(fs->super.meta_uuid)) != 0)
		return "it belongs to another file system";
	if (get_be64(m->owner) != number)
		return "it belongs to another inode";
	return NULL;
}
