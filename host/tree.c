/* The host's files, below a directory that stands in for "/". */
#include "host/tree.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"

/* A walk: where it is, and what is left of the path. */
struct walk {
	const struct tree *tree;
	struct host_file *at;
	char rest[2 * TREE_PATH_MAX];
	unsigned links;
};

/* Makes WALK->at the place of its `real`. Returns 0 or an errno. */
static int look(struct walk *w)
{
	struct host_file *at = w->at;
	int n = snprintf(at->file, sizeof(at->file), "%s%s", w->tree->root,
			 at->real[0] != '\0' ? at->real : "/");

	if (n < 0 || (size_t)n >= sizeof(at->file))
		return ENAMETOOLONG;
	return lstat(at->file, &at->st) == 0 ? 0 : errno;
}

/* Appends NAME to the place; ".." takes one away. */
static int enter(struct walk *w, struct str name)
{
	char *real = w->at->real, *slash = strrchr(real, '/');
	size_t n = strlen(real);

	if (str_eq(name, S(".."))) {
		if (slash != NULL)
			*slash = '\0';
		return look(w);
	}
	if (n + 1 + name.n >= TREE_PATH_MAX)
		return ENAMETOOLONG;
	real[n] = '/';
	memcpy(real + n + 1, name.p, name.n);
	real[n + 1 + name.n] = '\0';
	return look(w);
}

/* The place is a symlink: goes back to where it points from, and puts its target before the rest.
 */
static int follow(struct walk *w)
{
	char target[TREE_PATH_MAX], rest[sizeof(w->rest)];
	ssize_t n = readlink(w->at->file, target, sizeof(target) - 1);
	int length;

	if (n < 0)
		return errno;
	if (++w->links > TREE_LINKS)
		return ELOOP;
	target[n] = '\0';
	*strrchr(w->at->real, '/') = '\0';
	if (target[0] == '/')
		w->at->real[0] = '\0';
	length = snprintf(rest, sizeof(rest), "%s/%s", target, w->rest);
	if (length < 0 || (size_t)length >= sizeof(rest))
		return ENAMETOOLONG;
	memcpy(w->rest, rest, sizeof(rest));
	return look(w);
}

/* Takes one name off the rest and goes there. */
static int step(struct walk *w, tree_visit *visit, void *context)
{
	char *begin = w->rest + strspn(w->rest, "/"), name[TREE_PATH_MAX];
	size_t n = strcspn(begin, "/");
	int error;

	if (n >= sizeof(name))
		return ENAMETOOLONG;
	memcpy(name, begin, n);
	name[n] = '\0';
	memmove(w->rest, begin + n, strlen(begin + n) + 1);
	if (n == 0 || strcmp(name, ".") == 0)
		return 0;
	error = enter(w, (struct str){name, n});
	if (error != 0)
		return error;
	if (S_ISLNK(w->at->st.st_mode))
		return follow(w);
	if (visit != NULL && !visit(context, w->at))
		return ECANCELED;
	return 0;
}

int tree_walk(const struct tree *t, const char *path, tree_visit *visit, void *context,
	      struct host_file *place)
{
	struct walk w = {.tree = t, .at = place};
	int error;

	if (strlen(path) >= TREE_PATH_MAX)
		return ENAMETOOLONG;
	memcpy(w.rest, path, strlen(path) + 1);
	place->real[0] = '\0';
	error = look(&w);
	while (error == 0 && w.rest[strspn(w.rest, "/")] != '\0')
		error = step(&w, visit, context);
	if (place->real[0] == '\0')
		memcpy(place->real, "/", 2);
	return error;
}

FILE *tree_open(const struct tree *t, const char *path)
{
	static struct host_file place;
	int error = tree_walk(t, path, NULL, NULL, &place);

	if (error == 0)
		return fopen(place.file, "rbe");
	errno = error;
	return NULL;
}

bool tree_read(const struct tree *t, const char *path, size_t most, struct arena *a,
	       struct str *text)
{
	FILE *f = tree_open(t, path);
	char *to = f != NULL ? arena_array(a, most + 1, 1) : NULL;
	int error = f != NULL ? ENOMEM : errno;
	size_t n;

	if (to != NULL) {
		n = fread(to, 1, most, f);
		error = ferror(f) ? errno : 0;
		to[n] = '\0';
		*text = (struct str){to, n};
	}
	if (f != NULL)
		fclose(f);
	errno = error;
	return error == 0;
}
