/* An image file or block device of the host as a block device of ours. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs/block.h"
#include "host/command.h"

struct image {
	struct block block; /* first: it is our handle */
	int fd;
};

static enum status image_read(struct block *b, uint64_t offset, void *buf, size_t bytes)
{
	struct image *image = (struct image *)b;
	char *to = buf;

	while (bytes > 0) {
		ssize_t n = pread(image->fd, to, bytes, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(b->report, E_IO, "%.*s: cannot read at byte %lu: %s",
				    STR_ARG(b->name), (unsigned long)offset, strerror(errno));
		if (n == 0)
			return fail(b->report, E_IO, "%.*s: it became shorter while it was read",
				    STR_ARG(b->name));
		to += n;
		offset += (uint64_t)n;
		bytes -= (size_t)n;
	}
	return OK;
}

/* Opens NAME and tells its size. Both fail with errno. */
static int open_sized(const char *name, uint64_t *size)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	off_t end;

	if (fd < 0)
		return -1;
	errno = EINVAL;
	if (fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode)) &&
	    (end = lseek(fd, 0, SEEK_END)) >= 0) {
		*size = (uint64_t)end;
		return fd;
	}
	close(fd);
	return -1;
}

enum status image_open(const char *name, struct report *report, struct block **block)
{
	struct image *image = malloc(sizeof(*image));

	if (image == NULL)
		return fail(report, E_NO_MEMORY, "%s: no memory to open it", name);
	*image = (struct image){
		.block = {.read = image_read, .name = str_of(name), .report = report}};
	image->fd = open_sized(name, &image->block.size);
	if (image->fd < 0) {
		const char *why = errno == EINVAL ? "it is neither a file nor a block device"
						  : strerror(errno);

		free(image);
		return fail(report, E_IO, "cannot open %s: %s", name, why);
	}
	*block = &image->block;
	return OK;
}

void image_close(struct block *block)
{
	struct image *image = (struct image *)block;

	if (image == NULL)
		return;
	close(image->fd);
	free(image);
}
