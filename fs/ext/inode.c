/* Inodes: read by number, checked, and decoded once. */
#include "fs/ext/inode.h"

#include "base/mem.h"
#include "fs/ext/checksum.h"
#include "fs/ext/inline.h"
#include "fs/ext/inode_table.h"

#define NSEC 1000000000u

/* Documentation/filesystems/ext4/inodes.rst, "Inode Timestamps". */
static int64_t changed_of(const struct ext *fs, const struct ext4_inode *raw)
{
	const size_t end = offsetof(struct ext4_inode, i_ctime_extra) + sizeof(raw->i_ctime_extra);
	uint64_t seconds = (uint64_t)(int32_t)get_le32(raw->i_ctime);
	uint32_t extra = 0;

	if (fs->super.inode_size > EXT4_GOOD_OLD_INODE_SIZE &&
	    EXT4_GOOD_OLD_INODE_SIZE + (size_t)get_le16(raw->i_extra_isize) >= end)
		extra = get_le32(raw->i_ctime_extra);
	seconds += (uint64_t)(extra & 3) << 32;
	return (int64_t)(seconds * NSEC + (extra >> 2));
}

/* CHANGED: fast commits changed the inode, and so its checksum is old. */
static enum status decode(struct ext *fs, const uint8_t *bytes, bool changed,
			  struct ext_inode *inode)
{
	const struct ext4_inode *raw = (const struct ext4_inode *)bytes;
	const uint32_t both = EXT4_INLINE_DATA_FL | EXT4_EXTENTS_FL;
	struct report *r = fs->base.vol.report;
	uint32_t size_high = get_le32(raw->i_size_high);

	if (fs->super.inode_size > EXT4_GOOD_OLD_INODE_SIZE) {
		uint32_t extra = get_le16(raw->i_extra_isize);

		if (extra % 4 != 0 || EXT4_GOOD_OLD_INODE_SIZE + extra > fs->super.inode_size)
			return fail(r, E_CORRUPT, "inode %lu is damaged: i_extra_isize is %u",
				    (unsigned long)inode->base.number, extra);
	}
	if (!changed && !ext_checksum_inode(fs, inode, bytes))
		return fail(r, E_CORRUPT, "inode %lu has a wrong checksum",
			    (unsigned long)inode->base.number);
	if (get_le16(raw->i_mode) == 0 || get_le16(raw->i_links_count) == 0)
		return fail(r, E_CORRUPT, "inode %lu has a name but is not in use",
			    (unsigned long)inode->base.number);
	inode->base.type = inodes_type(get_le16(raw->i_mode));
	inode->flags = get_le32(raw->i_flags);
	inode->base.mtime = get_le32(raw->i_mtime);
	inode->base.changed = changed_of(fs, raw);
	if (inode->base.type == FILE_DIRECTORY && !(fs->super.incompat & EXT4_INCOMPAT_LARGEDIR))
		size_high = 0;
	inode->base.size = join32(get_le32(raw->i_size_lo), size_high);
	if (inode->base.size > INT64_MAX)
		return fail(r, E_CORRUPT, "inode %lu is damaged: its size is %lu",
			    (unsigned long)inode->base.number, (unsigned long)inode->base.size);
	if ((inode->flags & both) == both)
		return fail(r, E_CORRUPT, "inode %lu is damaged: inline data and extents at once",
			    (unsigned long)inode->base.number);
	memcpy(inode->i_block, raw->i_block, sizeof(inode->i_block));
	return inode->flags & EXT4_INLINE_DATA_FL ? ext_inline_find(fs, bytes, inode) : OK;
}

enum status ext_inode_get(struct ext *fs, uint32_t number, struct ext_inode *found)
{
	const struct ext_super *s = &fs->super;
	struct ext_inode inode = {.base.number = number};
	const struct ext_change *change = ext_change_find(&fs->changes, number);
	const uint8_t *raw;
	enum status status;
	bool changed;

	if (number > s->inodes ||
	    (number < s->first_inode && number != EXT4_ROOT_INO && number != s->journal_inode))
		return fail(fs->base.vol.report, E_CORRUPT,
			    "a directory names inode %u, which no file can have", number);
	status = ext_inode_raw(fs, number, &raw);
	if (status != OK)
		return status;
	changed = change != NULL && change->raw != NULL;
	inode.csum_seed = changed ? change->csum_seed : ext_checksum_seed(fs, number, raw);
	status = decode(fs, raw, changed, &inode);
	if (status != OK)
		return status;
	if (change != NULL && change->made) {
		inode.base.size = 0;
		inode.flags &= ~(EXT4_INDEX_FL | EXT4_INLINE_DATA_FL);
	}
	*found = inode;
	return OK;
}

enum status ext_inode_check_key(struct ext *fs, const struct ext_inode *inode)
{
	if (!(inode->flags & EXT4_ENCRYPT_FL))
		return OK;
	return fail(fs->base.vol.report, E_UNSUPPORTED,
		    "%sinode %lu is encrypted (feature 'encrypt'): only the guest's own kernel has "
		    "the key",
		    inode->base.type == FILE_DIRECTORY ? "directory " : "",
		    (unsigned long)inode->base.number);
}
