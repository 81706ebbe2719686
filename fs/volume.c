/* The way into every open file system: checks the path, and names it in the report of a failure. */
#include "fs/volume.h"

#include "base/arena.h"

static enum status check_path(struct volume *v, struct str path)
{
	if (path.n > PATH_MAX_BYTES)
		return fail(v->report, E_LIMIT,
			    "%.*s: a path of %zu bytes is too long: at most %d are allowed",
			    STR_ARG(v->name), path.n, PATH_MAX_BYTES);
	if (path.n == 0 || path.p[0] != '/')
		return fail(v->report, E_NOT_FOUND, "%.*s: the path '%.*s' does not begin with '/'",
			    STR_ARG(v->name), STR_ARG(path));
	return OK;
}

/* Puts the path above the reasons that the file system has reported. It stands last in the line, so
 * that report_fold() sees when many files have one reason. */
static enum status outcome(struct volume *v, size_t mark, enum status status, struct str path)
{
	switch (status) {
	case E_IO:
	case E_CORRUPT:
	case E_UNSUPPORTED:
	case E_NO_MEMORY:
		return fail_in(v->report, mark, status, "%.*s: cannot read %.*s", STR_ARG(v->name),
			       STR_ARG(path));
	default:
		return status;
	}
}

static enum status info(struct volume *v, struct str path, bool follow, struct file_info *info)
{
	size_t mark = report_mark(v->report);
	enum status status = check_path(v, path);

	if (status != OK)
		return status;
	return outcome(v, mark, v->ops->info(v, path, follow, info), path);
}

/* Returns STATUS, and reports a missing file where the file system has not done so. */
static enum status named(struct volume *v, size_t mark, enum status status, struct str path)
{
	return status == E_NOT_FOUND && report_mark(v->report) == mark
		       ? fail(v->report, status, "%.*s on %.*s is not there", STR_ARG(path),
			      STR_ARG(v->name))
		       : status;
}

enum status vol_info(struct volume *v, struct str path, struct file_info *i)
{
	size_t mark = report_mark(v->report);

	return named(v, mark, info(v, path, true, i), path);
}

enum status vol_info_link(struct volume *v, struct str path, struct file_info *i)
{
	size_t mark = report_mark(v->report);

	return named(v, mark, info(v, path, false, i), path);
}

enum status vol_read(struct volume *v, struct str path, uint64_t offset, void *to, size_t bytes)
{
	size_t mark = report_mark(v->report);
	enum status status = check_path(v, path);

	if (status != OK)
		return status;
	return outcome(v, mark, v->ops->read(v, path, offset, to, bytes), path);
}

enum status vol_load(struct volume *v, struct str path, size_t most, struct arena *arena,
		     struct str *text)
{
	struct file_info i;
	enum status status = info(v, path, true, &i);
	char *p;

	if (status != OK)
		return status;
	if (i.type != FILE_REGULAR)
		return fail(v->report, E_WRONG_TYPE, "%.*s on %.*s is not a regular file",
			    STR_ARG(path), STR_ARG(v->name));
	if (i.size > most)
		return fail(v->report, E_LIMIT,
			    "%.*s on %.*s is not read: it has %lu bytes, at most %zu are allowed",
			    STR_ARG(path), STR_ARG(v->name), (unsigned long)i.size, most);
	if (i.size == SIZE_MAX || (p = arena_alloc(arena, (size_t)i.size + 1)) == NULL)
		return fail(v->report, E_NO_MEMORY, "%.*s on %.*s: no memory for its %lu bytes",
			    STR_ARG(path), STR_ARG(v->name), (unsigned long)i.size);
	status = vol_read(v, path, 0, p, (size_t)i.size);
	if (status != OK)
		return status;
	*text = (struct str){p, (size_t)i.size};
	return OK;
}

enum status vol_list(struct volume *v, struct str path, dir_fn *fn, void *context)
{
	size_t mark = report_mark(v->report);
	enum status status = check_path(v, path);

	if (status != OK)
		return status;
	status = v->ops->list != NULL ? v->ops->list(v, path, fn, context) : E_NOT_FOUND;
	return outcome(v, mark, status, path);
}

enum status vol_readlink(struct volume *v, struct str path, struct arena *arena, struct str *target)
{
	size_t mark = report_mark(v->report);
	enum status status = check_path(v, path);

	if (status != OK)
		return status;
	status = v->ops->readlink != NULL
			 ? v->ops->readlink(v, path, arena, target)
			 : fail(v->report, E_WRONG_TYPE, "%.*s on %.*s is not a symlink",
				STR_ARG(path), STR_ARG(v->name));
	return outcome(v, mark, status, path);
}

void vol_remarks(struct volume *v)
{
	if (v->ops->remarks != NULL)
		v->ops->remarks(v);
}

void vol_close(struct volume *v)
{
	if (v == NULL)
		return;
	vol_remarks(v);
	v->ops->close(v);
}
