/* Where a symlink leads, computed from the names alone: for messages, and to notice that two names
 * mean one file. */
#include "base/arena.h"
#include "fs/volume.h"

/* Links of one chain that are followed, as in Linux. */
#define CHAIN_MAX 40

/* Appends the components of PATH to the path TO of *N bytes, which has room for them: "." and empty
 * ones are left out, and ".." removes the last one. */
static void add_parts(char *to, size_t *n, struct str path)
{
	while (path.n > 0) {
		struct str part = str_cut(&path, '/');

		if (part.n == 0 || str_eq(part, S(".")))
			continue;
		if (str_eq(part, S(".."))) {
			while (*n > 0 && to[--*n] != '/')
				;
			continue;
		}
		to[(*n)++] = '/';
		for (size_t i = 0; i < part.n; i++)
			to[(*n)++] = part.p[i];
	}
}

/* Makes the absolute path that TARGET means as the target of a symlink at PATH. */
static enum status absolute(struct volume *v, struct str path, struct str target, struct arena *a,
			    struct str *made)
{
	char *p = arena_alloc(a, path.n + target.n + 2);
	size_t n = 0;

	if (p == NULL)
		return fail(v->report, E_NO_MEMORY, "%.*s on %.*s: no memory for its target",
			    STR_ARG(path), STR_ARG(v->name));
	if (!str_starts(target, S("/"))) {
		add_parts(p, &n, path);
		add_parts(p, &n, S(".."));
	}
	add_parts(p, &n, target);
	*made = (struct str){p, n};
	return OK;
}

enum status vol_link_target(struct volume *v, struct str path, struct arena *a, struct str *target)
{
	size_t mark = report_mark(v->report);
	struct str written;
	enum status status = vol_readlink(v, path, a, &written);

	if (status == E_NO_MEMORY)
		return status;
	report_rewind(v->report, mark);
	*target = S("");
	return status == OK ? absolute(v, path, written, a, target) : OK;
}

enum status vol_link_end(struct volume *v, struct str path, struct arena *a, struct str *end)
{
	struct str next = path;
	enum status status = OK;

	*end = S("");
	for (unsigned i = 0; i < CHAIN_MAX && status == OK; i++) {
		status = vol_link_target(v, next, a, &next);
		if (status != OK || next.n == 0)
			break;
		*end = next;
	}
	return status;
}
