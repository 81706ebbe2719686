/* Finds a name in a directory: by the hash tree if there is one, else from front to back. */
#include "fs/ext/dir.h"
#include "fs/ext/htree.h"

static enum status search_all(struct ext *fs, const struct ext_inode *inode, struct str name,
			      struct ext_found *found)
{
	struct ext_dir d = {.fs = fs, .inode = inode};
	enum status status = ext_dir_open(fs, inode, &d);

	if (status != OK)
		return status;
	status = ext_dir_search(&d, name, found);
	ext_dir_close(&d);
	return status;
}

enum status ext_dir_find(struct ext *fs, const struct ext_inode *inode, struct str name,
			 uint32_t *number)
{
	struct ext_found found = {0};
	bool usable = false;
	enum status status;

	if (inode->flags & EXT4_INLINE_DATA_FL && str_eq(name, S(".."))) {
		*number = get_le32(*(const le32 *)inode->i_block);
		return OK;
	}
	status = ext_htree_search(fs, inode, name, &usable, &found);
	if (status == OK && !usable)
		status = search_all(fs, inode, name, &found);
	if (status == OK)
		*number = found.exact != 0 ? found.exact : found.folded;
	return status;
}
