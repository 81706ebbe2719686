/* The functions of a volume whose files are inodes: from a path to an inode, through components,
 * ".." and symlinks. */
#include "base/arena.h"
#include "base/mem.h"
#include "fs/inodes.h"

#define SYMLINKS_MAX 40 /* followed in one path, as Linux does */

struct walk {
	struct inodes *fs;
	struct str asked; /* the whole path, for messages */
	bool follow;      /* also a symlink at the very end */
	size_t start;     /* the part still to walk lies in fs->large->path, from here to its end */
	unsigned links;   /* symlinks followed so far */
};

/* The part of the path still to walk: empty, or it begins with '/'. */
static struct str rest(const struct walk *w)
{
	return (struct str){w->fs->large->path + w->start, sizeof(w->fs->large->path) - w->start};
}

/* Cuts the next component off the path; "" at the end. */
static struct str component(struct walk *w)
{
	struct str name = rest(w);

	while (name.n > 0 && name.p[0] == '/')
		name = str_skip(name, 1);
	w->start = sizeof(w->fs->large->path) - name.n;
	name.n = str_find(name, '/');
	w->start += name.n;
	return name;
}

static bool is_last(const struct walk *w)
{
	struct walk ahead = *w;

	return component(&ahead).n == 0;
}

/* Puts the target of the symlink that was reached in front of the part still to walk, and goes back
 * to where that part begins: DIR, or the root. */
static enum status follow(struct walk *w, uint64_t dir)
{
	struct inodes *fs = w->fs;
	enum status status;
	size_t n = 0;

	if (++w->links > SYMLINKS_MAX)
		return fail(fs->vol.report, E_LIMIT,
			    "%.*s on %.*s leads through more than %d symlinks, perhaps in a circle",
			    STR_ARG(w->asked), STR_ARG(fs->vol.name), SYMLINKS_MAX);
	if (rest(w).n > sizeof(fs->large->path) - PATH_MAX_BYTES)
		return fail(fs->vol.report, E_LIMIT,
			    "%.*s on %.*s grows too long through its symlinks", STR_ARG(w->asked),
			    STR_ARG(fs->vol.name));
	status = inodes_target(fs, fs->large->path, &n);
	if (status != OK)
		return status;
	if (fs->large->path[0] == '/')
		dir = fs->root;
	w->start -= n;
	memmove(fs->large->path + w->start, fs->large->path, n);
	return fs->ops->get(fs, dir);
}

static enum status find(struct inodes *fs, struct str name, uint64_t *number)
{
	uint64_t dir = fs->at->number, n = names_find(&fs->large->names, dir, name);
	enum status status = OK;

	if (n == 0 && name.n <= NAME_MAX_BYTES) {
		status = fs->ops->find(fs, fs->at, name, &n);
		if (status == OK && n != 0)
			names_add(&fs->large->names, dir, name, n);
	}
	*number = n;
	return status;
}

/* Goes from the inode that was reached, which must be a directory, to NAME in it. */
static enum status step(struct walk *w, struct str name)
{
	struct inodes *fs = w->fs;
	uint64_t dir = fs->at->number, number;
	enum status status;

	if (fs->at->type != FILE_DIRECTORY)
		return fail(
			fs->vol.report, E_WRONG_TYPE,
			"%.*s on %.*s is not there: '%.*s' would lie in a file, not a directory",
			STR_ARG(w->asked), STR_ARG(fs->vol.name), STR_ARG(name));
	if (str_eq(name, S(".")) || (str_eq(name, S("..")) && dir == fs->root))
		return OK;
	status = inodes_spend(fs, COST_STEP);
	if (status == OK)
		status = find(fs, name, &number);
	if (status != OK)
		return status;
	if (number == 0 && str_ends(w->asked, name))
		return fail(fs->vol.report, E_NOT_FOUND, "%.*s on %.*s is not there",
			    STR_ARG(w->asked), STR_ARG(fs->vol.name));
	if (number == 0)
		return fail(fs->vol.report, E_NOT_FOUND,
			    "%.*s on %.*s is not there: '%.*s' is missing on the way",
			    STR_ARG(w->asked), STR_ARG(fs->vol.name), STR_ARG(name));
	status = fs->ops->get(fs, number);
	if (status == OK && fs->at->type == FILE_SYMLINK && (w->follow || !is_last(w)))
		return follow(w, dir);
	return status;
}

enum status inodes_walk(struct inodes *fs, struct str path, bool follow_last)
{
	struct walk w = {fs, path, follow_last, sizeof(fs->large->path) - path.n, 0};
	enum status status;

	memcpy(fs->large->path + w.start, path.p, path.n);
	status = fs->ops->get(fs, fs->root);
	while (status == OK) {
		struct str name = component(&w);

		if (name.n == 0)
			return OK;
		status = step(&w, name);
	}
	return status;
}

static struct inodes *inodes_of(struct volume *v)
{
	return (struct inodes *)v;
}

enum status inodes_info(struct volume *v, struct str path, bool follow, struct file_info *info)
{
	enum status status = inodes_walk(inodes_of(v), path, follow);
	const struct inode *inode = inodes_of(v)->at;

	if (status == OK)
		*info = (struct file_info){.type = inode->type,
					   .size = inode->size,
					   .timed = true,
					   .mtime = inode->mtime,
					   .inode = inode->number,
					   .changed = inode->changed};
	return status;
}

enum status inodes_read(struct volume *v, struct str path, uint64_t offset, void *to, size_t bytes)
{
	struct inodes *fs = inodes_of(v);
	const struct inode *inode = fs->at;
	uint64_t spent = fs->spent;
	enum status status = inodes_walk(fs, path, true);

	if (status != OK)
		return status;
	if (inode->type != FILE_REGULAR)
		return fail(v->report, E_WRONG_TYPE, "%.*s on %.*s is %s, not a regular file",
			    STR_ARG(path), STR_ARG(v->name),
			    inode->type == FILE_DIRECTORY ? "a directory" : "a special file");
	if (offset > inode->size || bytes > inode->size - offset)
		return fail(v->report, E_LIMIT,
			    "%.*s on %.*s ends after %lu bytes: cannot read %zu from byte %lu on",
			    STR_ARG(path), STR_ARG(v->name), (unsigned long)inode->size, bytes,
			    (unsigned long)offset);
	status = fs->ops->content(fs, inode, offset, to, bytes);
	/* A file that was asked for and read was worth its cost; large ones come in many pieces.
	 */
	if (status == OK)
		fs->spent = spent;
	return status;
}

enum status inodes_list(struct volume *v, struct str path, dir_fn *fn, void *context)
{
	struct inodes *fs = inodes_of(v);
	enum status status = inodes_walk(fs, path, true);

	if (status != OK)
		return status;
	if (fs->at->type != FILE_DIRECTORY)
		return fail(v->report, E_WRONG_TYPE, "%.*s on %.*s is not a directory",
			    STR_ARG(path), STR_ARG(v->name));
	return fs->ops->list(fs, fs->at, fn, context);
}

enum status inodes_readlink(struct volume *v, struct str path, struct arena *arena,
			    struct str *target)
{
	struct inodes *fs = inodes_of(v);
	enum status status = inodes_walk(fs, path, false);
	size_t n;

	if (status != OK)
		return status;
	if (fs->at->type != FILE_SYMLINK)
		return fail(v->report, E_WRONG_TYPE, "%.*s on %.*s is not a symlink", STR_ARG(path),
			    STR_ARG(v->name));
	status = inodes_target(fs, fs->large->path, &n);
	if (status != OK)
		return status;
	if (!str_dup(arena, (struct str){fs->large->path, n}, target))
		return fail(v->report, E_NO_MEMORY, "no memory for the target of a symlink");
	return OK;
}
