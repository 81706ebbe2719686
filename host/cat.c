/* `partless cat`: a file's bytes. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "host/command.h"
#include "host/path.h"

#define CHUNK (4u << 20)

static enum status put(struct report *r, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(STDOUT_FILENO, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno == EPIPE)
			return E_IO; /* the reader has gone, and needs no message */
		if (done < 0)
			return fail(r, E_IO, "cannot write: %s", strerror(errno));
		p += done;
		n -= (size_t)done;
	}
	return OK;
}

static enum status copy(struct volume *v, struct str path, uint64_t size, char *buf)
{
	enum status status = OK;

	/* vol_read() refuses what is not a file, so an empty one is read too. */
	for (uint64_t at = 0; status == OK && (at < size || at == 0); at += CHUNK) {
		size_t n = size - at < CHUNK ? (size_t)(size - at) : CHUNK;

		status = vol_read(v, path, at, buf, n);
		if (status == OK)
			status = put(v->report, buf, n);
	}
	return status;
}

static enum status cat(struct volume *v, struct str path)
{
	struct file_info info;
	enum status status = vol_info(v, path, &info);
	char *buf;

	if (status != OK)
		return status;
	buf = mem_alloc(CHUNK);
	if (buf == NULL)
		return fail(v->report, E_NO_MEMORY, "no memory for %u bytes", CHUNK);
	status = copy(v, path, info.type == FILE_REGULAR ? info.size : 0, buf);
	mem_free(buf, CHUNK);
	return status;
}

int cat_main(int argc, char **argv)
{
	struct path_args args =
		path_parse(argc, argv, "Writes the bytes of the file PATH on the disk IMAGE.");

	return path_run(&args, cat);
}
