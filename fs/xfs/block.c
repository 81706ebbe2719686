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

bool xfs_crc_good(const uint8_t *bytes, size_t n, size_t at)
{
	static const uint8_t zeros[sizeof(le32)];
	uint32_t crc = crc32c(crc32c(~0u, bytes, at), zeros, sizeof(zeros));

	crc = crc32c(crc, bytes + at + sizeof(le32), n - at - sizeof(le32));
	return ~crc == get_le32(*(const le32 *)(bytes + at));
}

static bool is_torn(struct xfs *fs, const struct xfs_mark *m, const uint8_t *raw)
{
	uint64_t lsn = get_be64(*(const be64 *)(raw + m->lsn_at));

	return memcmp(raw, m->bytes, sizeof(be32)) == 0 &&
	       memcmp(raw + (m->uuid - m->bytes), m->uuid, sizeof(fs->super.meta_uuid)) == 0 &&
	       lsn >= m->first && lsn != UINT64_MAX && !xfs_crc_good(raw, m->n, m->crc_at);
}

/* What is wrong with a changed block as it is on the disk. */
static const char *fault_below(struct xfs *fs, const struct xfs_mark *m)
{
	uint8_t *raw = mem_alloc(m->n);
	const char *fault = NULL;

	if (raw == NULL)
		return "there is no memory to check it";
	if (inodes_request(&fs->base, m->at, raw, m->n) != OK)
		fault = "it cannot be read";
	else if (is_torn(fs, m, raw))
		fault = "it was written only in part";
	else
		xfs_changes_looked(&fs->changes, m->at, m->n);
	mem_free(raw, m->n);
	return fault;
}

const char *xfs_fault_in_mark(struct xfs *fs, uint64_t number, const struct xfs_mark *m)
{
	if (!fs->super.v5)
		return NULL;
	if (m->first == XFS_NOT_CHANGED && !xfs_crc_good(m->bytes, m->n, m->crc_at))
		return "its checksum is wrong";
	if (memcmp(m->uuid, fs->super.meta_uuid, sizeof(fs->super.meta_uuid)) != 0)
		return "it belongs to another file system";
	if (get_be64(m->owner) != number)
		return "it belongs to another inode";
	return m->first < XFS_LOOKED_AT && m->at != 0 ? fault_below(fs, m) : NULL;
}
