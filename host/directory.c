/* The loader's directory on the host as a volume. QEMU shows guests what symlinks lead to. */
#include "host/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/tree.h"

struct directory {
	struct volume volume; /* first */
	const struct tree *tree;
	const char *path;
};

/* Opens the file PATH of the volume. -1, with errno, when that fails. */
static int open_below(struct volume *v, struct str path, struct stat *st)
{
	const struct directory *d = (const struct directory *)v;
	static struct host_file place;
	char name[2 * TREE_PATH_MAX];
	int n = snprintf(name, sizeof(name), "%s/%.*s", d->path, STR_ARG(path)), fd;

	errno = n < 0 || (size_t)n >= sizeof(name) ? ENAMETOOLONG
						   : tree_walk(d->tree, name, NULL, NULL, &place);
	if (errno != 0)
		return -1;
	fd = open(place.file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0)
		(void)fstat(fd, st);
	return fd;
}

static enum status failed(struct volume *v)
{
	if (errno == ENOENT)
		return E_NOT_FOUND;
	if (errno == ENOTDIR)
		return fail(v->report, E_WRONG_TYPE, "is below what is no directory");
	return fail(v->report, E_IO, "cannot be read: %s", strerror(errno));
}

static enum status info(struct volume *v, struct str path, bool follow, struct file_info *to)
{
	struct stat st = {0};
	int fd = open_below(v, path, &st);

	(void)follow; /* a guest sees no symlinks */
	if (fd < 0)
		return failed(v);
	close(fd);
	*to = (struct file_info){
		.type = S_ISREG(st.st_mode)   ? FILE_REGULAR
			: S_ISDIR(st.st_mode) ? FILE_DIRECTORY
					      : FILE_SPECIAL,
		.size = (uint64_t)st.st_size,
	};
	return OK;
}

static enum status read_file(struct volume *v, struct str path, uint64_t offset, void *to,
			     size_t bytes)
{
	struct stat st = {0};
	int fd = open_below(v, path, &st);
	char *at = to;
	enum status status = OK;

	if (fd < 0)
		return failed(v);
	if (!S_ISREG(st.st_mode))
		status = fail(v->report, E_WRONG_TYPE, "is not a regular file");
	while (status == OK && bytes > 0) {
		ssize_t n = pread(fd, at, bytes, (off_t)offset);

		if (n < 0)
			status = failed(v);
		else if (n == 0)
			status = fail(v->report, E_LIMIT, "ends too early");
		at += n;
		offset += (uint64_t)n;
		bytes -= (size_t)n;
	}
	close(fd);
	return status;
}

static void close_directory(struct volume *v)
{
	free(v);
}

enum status directory_open(const struct tree *tree, const char *path, struct report *r,
			   struct volume **opened)
{
	static const struct volume_ops ops = {
		.info = info, .read = read_file, .close = close_directory};
	struct directory *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return fail(r, E_NO_MEMORY, "%s: no memory to open it", path);
	d->volume = (struct volume){.ops = &ops,
				    .type = "FAT",
				    .label = S(""),
				    .name = S("the loader's directory"),
				    .report = r};
	d->tree = tree;
	d->path = path;
	*opened = &d->volume;
	return OK;
}
