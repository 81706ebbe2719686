/* The names of a directory, as fast commits left them. One is found by the hash tree if there is
 * one, else by a search from front to back. */
#include "fs/ext/block.h"
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

/* What fast commits did to NAME; NULL when nothing. */
static enum status find_renamed(struct ext *fs, const struct ext_inode *dir, struct str name,
				const struct ext_renamed **renamed)
{
	const struct ext_change *change = ext_change_find(&fs->changes, (uint32_t)dir->base.number);
	size_t steps = 0;

	*renamed = NULL;
	if (change == NULL)
		return OK;
	*renamed = ext_change_name(change, name, dir->flags & EXT4_CASEFOLD_FL, &steps);
	return inodes_spend(&fs->base, steps * COST_CHANGE);
}

enum status ext_dir_find(struct ext *fs, const struct ext_inode *inode, struct str name,
			 uint32_t *number)
{
	const struct ext_renamed *renamed;
	struct ext_found found = {0};
	bool usable = false;
	enum status status = find_renamed(fs, inode, name, &renamed);

	if (status != OK)
		return status;
	if (renamed != NULL) {
		*number = renamed->inode;
		return OK;
	}
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

static enum status list_disk(struct ext_dir *d, dir_fn *fn, void *context)
{
	const struct ext_renamed *renamed;
	struct ext_dirent e;
	enum status status;

	do {
		status = ext_dir_next(d, &e);
		if (status != OK || e.inode == 0)
			return status;
		status = find_renamed(d->fs, d->inode, e.name, &renamed);
		if (status == OK && renamed == NULL)
			status = inodes_listed(&d->fs->base, d->inode->base.number, e.name, e.inode,
					       e.type, fn, context);
	} while (status == OK);
	return status;
}

enum status ext_dir_list(struct ext *fs, const struct ext_inode *inode, dir_fn *fn, void *context)
{
	const struct ext_change *change =
		ext_change_find(&fs->changes, (uint32_t)inode->base.number);
	const struct ext_renamed *r = change != NULL ? change->names : NULL;
	struct ext_dir d;
	enum status status = ext_dir_open(fs, inode, &d);

	if (status != OK)
		return status;
	status = list_disk(&d, fn, context);
	ext_dir_close(&d);
	for (; status == OK && r != NULL; r = r->next) {
		if (r->inode != 0)
			status = inodes_listed(&fs->base, inode->base.number, r->name, r->inode,
					       r->type, fn, context);
	}
	return status;
}
