/* inline_data: content that lies in the inode itself, 60 bytes in i_block and the rest in the
 * extended attribute "system.data" behind the inode's fields. */
#include "fs/ext/inline.h"

#include "base/mem.h"
#include "fs/ext/inode_table.h"

static enum status damaged(struct ext *fs, const struct ext_inode *inode)
{
	return fail(fs->base.vol.report, E_CORRUPT,
		    "inode %lu: its extended attributes are damaged",
		    (unsigned long)inode->base.number);
}

enum status ext_inline_find(struct ext *fs, const uint8_t *raw, struct ext_inode *inode)
{
	const struct ext4_inode *i = (const struct ext4_inode *)raw;
	size_t end = fs->super.inode_size, first, at;

	if (end == EXT4_GOOD_OLD_INODE_SIZE)
		return OK;
	at = EXT4_GOOD_OLD_INODE_SIZE + get_le16(i->i_extra_isize);
	first = at + sizeof(le32);
	if (first > end || get_le32(*(const le32 *)(raw + at)) != EXT4_XATTR_MAGIC)
		return OK;
	at = first;
	while (at + sizeof(struct ext4_xattr_entry) <= end &&
	       get_le32(*(const le32 *)(raw + at)) != 0) {
		const struct ext4_xattr_entry *e = (const void *)(raw + at);
		struct str name = {(const char *)(e + 1), e->e_name_len};
		uint32_t size = get_le32(e->e_value_size);
		size_t value = first + get_le16(e->e_value_offs);

		if (at + sizeof(*e) + name.n > end)
			return damaged(fs, inode);
		at += sizeof(*e) + (name.n + 3) / 4 * 4;
		if (e->e_name_index != EXT4_XATTR_INDEX_SYSTEM || !str_eq(name, S("data")))
			continue;
		if (size == 0)
			return OK;
		if (get_le32(e->e_value_inum) != 0 || value > end || size > end - value)
			return damaged(fs, inode);
		inode->inline_at = (uint32_t)value;
		inode->inline_n = size;
		return OK;
	}
	return at + sizeof(le32) > end || get_le32(*(const le32 *)(raw + at)) == 0
		       ? OK
		       : damaged(fs, inode);
}

enum status ext_inline_read(struct ext *fs, const struct ext_inode *inode, uint64_t at, void *buf,
			    size_t bytes)
{
	uint64_t stored = sizeof(inode->i_block) + (uint64_t)inode->inline_n;
	uint8_t *to = buf;
	const uint8_t *raw;
	enum status status = ext_inode_raw(fs, (uint32_t)inode->base.number, &raw);

	if (status != OK)
		return status;
	memset(to, 0, bytes);
	for (size_t i = 0; i < bytes && at + i < stored; i++) {
		uint64_t from = at + i;

		to[i] = from < sizeof(inode->i_block)
				? inode->i_block[from]
				: raw[inode->inline_at + from - sizeof(inode->i_block)];
	}
	return OK;
}
