/* Where a file that an entry names lies on its volume: writers count from several roots. */
#include "config/lines/path.h"

#include "base/arena.h"
#include "fs/volume.h"

static const char *const roots[] = {"", "/boot", "/efi"};

/* A file that cannot be read counts as existing: whoever needs it will report why. */
bool path_exists(struct parse *p, struct volume *v, struct str path)
{
	size_t mark = report_mark(p->report);
	struct file_info info;
	enum status status = vol_info(v, path, &info);

	report_rewind(p->report, mark);
	return status != E_NOT_FOUND && status != E_WRONG_TYPE;
}

enum status path_find(struct parse *p, struct volume *v, struct str written, struct str *found)
{
	const char *slash = written.n > 0 && written.p[0] == '/' ? "" : "/";
	struct str path, first = {0};

	for (unsigned i = 0; i < sizeof(roots) / sizeof(*roots); i++) {
		if (!str_fmt(p->arena, &path, "%s%s%.*s", roots[i], slash, STR_ARG(written)))
			return parse_no_memory(p);
		if (i == 0)
			first = path;
		if (path_exists(p, v, path)) {
			*found = path;
			return OK;
		}
	}
	if (!str_starts(first, S("/boot/"))) {
		*found = first;
		return OK;
	}
	path = str_skip(first, 5);
	*found = path_exists(p, v, path) ? path : first;
	return OK;
}

enum status path_find_below(struct parse *p, struct volume *v, struct str base, struct str written,
			    struct str *found)
{
	struct str path;
	enum status status;

	base.n -= str_ends(base, S("/"));
	status = path_join(p, base, written, &path);
	if (status != OK || !path_exists(p, v, path))
		return status != OK ? status : path_find(p, v, written, found);
	*found = path;
	return OK;
}

struct str path_directory(struct str path)
{
	size_t n = path.n - path_name(path).n;

	return (struct str){path.p, n > 0 ? n - 1 : 0};
}

struct str path_name(struct str path)
{
	size_t at = path.n;

	while (at > 0 && path.p[at - 1] != '/')
		at--;
	return str_skip(path, at);
}

enum status path_join(struct parse *p, struct str directory, struct str name, struct str *path)
{
	bool apart = str_ends(directory, S("/")) || str_starts(name, S("/"));
	const char *slash = apart ? "" : "/";

	return str_fmt(p->arena, path, "%.*s%s%.*s", STR_ARG(directory), slash, STR_ARG(name))
		       ? OK
		       : parse_no_memory(p);
}
