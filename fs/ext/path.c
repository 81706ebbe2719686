/* From a path to an inode: components, "..", symlinks. */
#include "fs/ext/path.h"

#include "base/mem.h"
#include "fs/ext/block.h"
#include "fs/ext/dir.h"
#include "fs/ext/file.h"
#include "fs/ext/inode.h"

#define SYMLINKS_MAX 40 /* followed in one path, as Linux does */

struct walk {
	struct ext *fs;
	struct str asked; /* the whole path, for messages */
	bool follow;      /* also a symlink at the very end */
	size_t start;     /* the part still to walk lies in fs->path, from here to its end */
	unsigned links;   /* symlinks followed so far */
};

/* The part of the path still to walk: empty, or it begins with '/'. */
static struct str rest(const struct walk *w)
{
	return (struct str){w->fs->path + w->start, sizeof(w->fs->path) - w->start};
}

/* Cuts the next component off the path; "" at the end. */
static struct str component(struct walk *w)
{
	struct str name = rest(w);

	while (name.n > 0 && name.p[0] == '/')
		name = str_skip(name, 1);
	w->start = sizeof(w->fs->path) - name.n;
	name.n = str_find(name, '/');
	w->start += name.n;
	return name;
}

static bool is_last(const struct walk *w)
{
	struct walk ahead = *w;

	return component(&ahead).n == 0;
}

enum status ext_symlink_read(struct ext *fs, const struct ext_inode *inode, char *to, size_t *n)
{
	const uint32_t not_fast = EXT4_EXTENTS_FL | EXT4_INLINE_DATA_FL;
	size_t length = (size_t)inode->size;
	enum status status = OK;

	if (inode->flags & EXT4_ENCRYPT_FL)
		return fail(fs->vol.report, E_UNSUPPORTED,
			    "the symlink, inode %u, is encrypted (feature 'encrypt'): only the "
			    "guest's own kernel has the key",
			    inode->number);
	if (inode->size >= PATH_MAX_BYTES)
		return fail(fs->vol.report, E_CORRUPT, "the symlink, inode %u, has %lu bytes",
			    inode->number, (unsigned long)inode->size);
	if (length < EXT4_I_BLOCK_SIZE && !(inode->flags & not_fast))
		memcpy(to, inode->i_block, length);
	else
		status = ext_file_read(fs, inode, 0, to, length);
	if (status != OK)
		return status;
	length = str_find((struct str){to, length}, '\0');
	if (length == 0)
		return fail(fs->vol.report, E_CORRUPT, "the symlink, inode %u, is empty",
			    inode->number);
	*n = length;
	return OK;
}

/* Puts the target of the symlink in front of the part still to walk. */
static enum status follow(struct walk *w, const struct ext_inode *link, struct ext_inode *here)
{
	struct ext *fs = w->fs;
	enum status status;
	size_t n = 0;

	if (++w->links > SYMLINKS_MAX)
		return fail(fs->vol.report, E_LIMIT,
			    "%.*s on %.*s leads through more than %d symlinks, perhaps in a circle",
			    STR_ARG(w->asked), STR_ARG(fs->vol.name), SYMLINKS_MAX);
	if (rest(w).n > sizeof(fs->path) - PATH_MAX_BYTES)
		return fail(fs->vol.report, E_LIMIT,
			    "%.*s on %.*s grows too long through its symlinks", STR_ARG(w->asked),
			    STR_ARG(fs->vol.name));
	status = ext_symlink_read(fs, link, fs->path, &n);
	if (status != OK)
		return status;
	if (fs->path[0] == '/')
		status = ext_inode_get(fs, EXT4_ROOT_INO, here);
	w->start -= n;
	memmove(fs->path + w->start, fs->path, n);
	return status;
}

static enum status find(struct ext *fs, const struct ext_inode *dir, struct str name,
			uint32_t *number)
{
	enum status status = OK;
	uint32_t n = names_find(&fs->names, dir->number, name);

	if (n == 0 && name.n <= NAME_MAX_BYTES) {
		status = ext_dir_find(fs, dir, name, &n);
		if (status == OK && n != 0)
			names_add(&fs->names, dir->number, name, n);
	}
	if (status == OK)
		*number = n;
	return status;
}

/* Goes from HERE, which must be a directory, to NAME in it. */
static enum status step(struct walk *w, struct str name, struct ext_inode *here)
{
	struct ext *fs = w->fs;
	struct ext_inode next;
	enum status status;
	uint32_t number;

	if (here->type != FILE_DIRECTORY)
		return fail(
			fs->vol.report, E_WRONG_TYPE,
			"%.*s on %.*s is not there: '%.*s' would lie in a file, not a directory",
			STR_ARG(w->asked), STR_ARG(fs->vol.name), STR_ARG(name));
	if (str_eq(name, S(".")) || (str_eq(name, S("..")) && here->number == EXT4_ROOT_INO))
		return OK;
	status = ext_spend(fs, COST_STEP);
	if (status == OK)
		status = find(fs, here, name, &number);
	if (status != OK)
		return status;
	if (number == 0 && str_ends(w->asked, name))
		return fail(fs->vol.report, E_NOT_FOUND, "%.*s on %.*s is not there",
			    STR_ARG(w->asked), STR_ARG(fs->vol.name));
	if (number == 0)
		return fail(fs->vol.report, E_NOT_FOUND,
			    "%.*s on %.*s is not there: '%.*s' is missing on the way",
			    STR_ARG(w->asked), STR_ARG(fs->vol.name), STR_ARG(name));
	status = ext_inode_get(fs, number, &next);
	if (status != OK)
		return status;
	if (next.type == FILE_SYMLINK && (w->follow || !is_last(w)))
		return follow(w, &next, here);
	*here = next;
	return OK;
}

enum status ext_walk(struct ext *fs, struct str path, bool follow_last, struct ext_inode *found)
{
	struct walk w = {fs, path, follow_last, sizeof(fs->path) - path.n, 0};
	struct ext_inode here;
	enum status status;

	memcpy(fs->path + w.start, path.p, path.n);
	status = ext_inode_get(fs, EXT4_ROOT_INO, &here);
	while (status == OK) {
		struct str name = component(&w);

		if (name.n == 0) {
			*found = here;
			return OK;
		}
		status = step(&w, name, &here);
	}
	return status;
}
