/* Disk images that are not raw: qemu-nbd reads them, and libnbd talks to it. */
#include "host/nbd.h"

#include <libnbd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"

/* The most bytes of one request: 32 MiB, which every server takes. */
#define REQUEST_MAX (32u << 20)

struct nbd_disk {
	struct nbd_handle *nbd;
};

/* True when the path has a program NAME. */
static bool is_installed(const char *name)
{
	const char *path = getenv("PATH");
	struct str rest = path != NULL ? str_of(path) : S("");
	struct arena arena = {0};
	struct str file;
	bool found = false;

	while (rest.n > 0 && !found) {
		struct str folder = str_cut(&rest, ':');

		found = str_fmt(&arena, &file, "%.*s/%s", STR_ARG(folder), name) &&
			access(file.p, X_OK) == 0;
	}
	arena_free(&arena);
	return found;
}

/* qemu-nbd's words for the image. Its name may hold any character, but commas have to be doubled.
 * QEMU may have the image open: `force-share` reads it all the same. */
static bool image_options(struct arena *a, struct str name, bool is_device, const char *format,
			  struct str *options)
{
	char *doubled = arena_array(a, name.n + 1, 2);
	size_t n = 0;

	if (doubled == NULL)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		doubled[n++] = name.p[i];
		if (name.p[i] == ',')
			doubled[n++] = ',';
	}
	return str_fmt(a, options,
		       "driver=%s,force-share=on,read-only=on,file.driver=%s,file.filename=%.*s",
		       format, is_device ? "host_device" : "file", (int)n, doubled);
}

static enum status refuse(const struct block *b, const char *format)
{
	return fail(b->report, E_IO,
		    "%.*s: qemu-nbd does not read it as %s, as its own line says: %s",
		    STR_ARG(b->name), format, nbd_get_error());
}

static enum status start(struct nbd_disk *disk, struct block *b, struct str options,
			 const char *format)
{
	char *words[] = {(char *)"qemu-nbd", (char *)"--read-only", (char *)"--image-opts",
			 (char *)options.p, NULL};
	int64_t size = -1;

	if (disk->nbd == NULL || nbd_connect_systemd_socket_activation(disk->nbd, words) != 0 ||
	    (size = nbd_get_size(disk->nbd)) < 0)
		return refuse(b, format);
	b->size = (uint64_t)size;
	return OK;
}

enum status nbd_disk_open(struct block *b, bool is_device, const char *format,
			  struct nbd_disk **opened)
{
	struct nbd_disk *disk;
	struct arena arena = {0};
	struct str options;
	enum status status;

	if (!is_installed("qemu-nbd"))
		return fail(b->report, E_IO,
			    "%.*s: to read %s, the program qemu-nbd is needed; install it "
			    "(Debian's package qemu-utils), or convert a copy with qemu-img "
			    "convert -O raw",
			    STR_ARG(b->name), format);
	disk = calloc(1, sizeof(*disk));
	if (disk == NULL || !image_options(&arena, b->name, is_device, format, &options)) {
		status = fail(b->report, E_NO_MEMORY, "%.*s: no memory to open it",
			      STR_ARG(b->name));
	} else {
		disk->nbd = nbd_create();
		status = start(disk, b, options, format);
	}
	arena_free(&arena);
	if (status == OK)
		*opened = disk;
	else
		nbd_disk_close(disk);
	return status;
}

enum status nbd_disk_read(struct nbd_disk *disk, const struct block *b, uint64_t offset, void *to,
			  size_t bytes)
{
	char *at = to;

	while (bytes > 0) {
		size_t n = bytes < REQUEST_MAX ? bytes : REQUEST_MAX;

		if (nbd_pread(disk->nbd, at, n, offset, 0) != 0)
			return fail(b->report, E_IO, "%.*s: cannot read at byte %lu: %s",
				    STR_ARG(b->name), (unsigned long)offset, nbd_get_error());
		at += n;
		offset += n;
		bytes -= n;
	}
	return OK;
}

void nbd_disk_close(struct nbd_disk *disk)
{
	if (disk == NULL)
		return;
	if (disk->nbd != NULL)
		nbd_close(disk->nbd);
	free(disk);
}
