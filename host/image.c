/* An image file or block device of the host as a struct block. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "fs/filesystems.h"
#include "fs/volume.h"
#include "host/image.h"
#include "host/nbd.h"

const char image_formats[] = "raw, qcow2, qed, vdi, vhdx, vmdk or vpc";

bool image_format_known(const char *name)
{
	static const char *const known[] = {"raw", "qcow2", "qed", "vdi", "vhdx", "vmdk", "vpc"};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(name, known[i]) == 0)
			return true;
	}
	return false;
}

struct image {
	struct block block; /* first, so that image_read() gets from it to the image */
	int fd;
	struct nbd_disk *nbd; /* what reads an image that is not raw; NULL: it is raw */
	dev_t on;             /* st_dev of a file; 0 for a block device */
	uint64_t id;          /* st_ino of a file, st_rdev of a block device */
	struct arena arena;
	struct partition partitions[PARTITIONS_MAX];
	unsigned count;
	struct partition *chosen; /* NULL: the whole disk */
};

static enum status image_read(struct block *b, uint64_t offset, void *buf, size_t bytes)
{
	struct image *image = (struct image *)b;
	char *to = buf;

	if (image->nbd != NULL)
		return nbd_disk_read(image->nbd, b, offset, buf, bytes);
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

/* Opens NAME and gives its size in bytes. -1, with errno, when that fails. */
static int open_sized(const char *name, uint64_t *size)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st = {0};
	off_t end;

	if (fd < 0)
		return -1;
	(void)fstat(fd, &st);
	if ((S_ISREG(st.st_mode) || S_ISBLK(st.st_mode)) && (end = lseek(fd, 0, SEEK_END)) >= 0) {
		*size = (uint64_t)end;
		return fd;
	}
	close(fd);
	errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	return -1;
}

/* True when NAME ends as a partition's, in "#2": *LENGTH bytes of it are then the disk's name. */
static bool split_partition(const char *name, size_t *length, uint64_t *number)
{
	const char *mark = strrchr(name, '#');

	if (mark == NULL || !str_u64(str_of(mark + 1), number))
		return false;
	*length = (size_t)(mark - name);
	return true;
}

/* Reads the partition table and names each partition "DISK#NUMBER". */
static enum status find_partitions(struct image *image)
{
	struct block *disk = &image->block;
	enum status status = partitions_read(disk, image->partitions, &image->count);

	for (unsigned i = 0; i < image->count; i++) {
		struct partition *p = &image->partitions[i];

		if (!str_fmt(&image->arena, &p->block.name, "%.*s#%u", STR_ARG(disk->name),
			     p->number))
			return fail(disk->report, E_NO_MEMORY, "no memory for a name");
	}
	return status;
}

/* What B holds, in words without advice. Leaves the report as it was. False when memory is used up.
 */
static bool what_is_on(struct block *b, struct arena *a, struct str *what)
{
	struct report *r = b->report;
	size_t mark = report_mark(r);
	struct volume *v = NULL;
	enum status status = fs_open(b, &v);
	struct str says = report_since(r, mark), line = str_cut(&says, '\n');

	if (status == OK)
		line = str_of(v->type);
	else if (str_cut_prefix(&line, b->name) &&
		 (str_cut_prefix(&line, S(" holds ")) || str_cut_prefix(&line, S(" is "))))
		line.n = str_find(line, ';');
	else
		line = S("a file system that cannot be read");
	status = str_dup(a, line, what) ? OK : E_NO_MEMORY;
	vol_close(v);
	report_rewind(r, mark);
	return status == OK;
}

static void report_partitions(struct image *image)
{
	struct report *r = image->block.report;

	for (unsigned i = 0; i < image->count; i++) {
		struct block *b = &image->partitions[i].block;
		struct str what;

		if (&image->partitions[i] != image->chosen && what_is_on(b, &image->arena, &what))
			note(r, "  %.*s: %.*s, %lu MiB", STR_ARG(b->name), STR_ARG(what),
			     (unsigned long)(b->size >> 20));
	}
}

void image_report_partitions(struct image *image)
{
	if (image->chosen == NULL && image->count == 0 && find_partitions(image) != OK)
		return;
	if (image->chosen == NULL && image->count > 0)
		note(image->block.report, "name one of its partitions:");
	if (image->chosen != NULL && image->count > 1)
		note(image->block.report, "name another partition of its disk:");
	report_partitions(image);
}

/* As long as QEMU may write to an image, a file or a block device, it holds a shared lock on this
 * byte (block/file-posix.c). */
#define QEMU_WRITES_BYTE 101

void image_report_in_use(struct image *image)
{
	struct flock lock = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = QEMU_WRITES_BYTE, .l_len = 1};

	if (fcntl(image->fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
		note(image->block.report,
		     "%.*s: a running QEMU writes to it, and it may have been read half-written; "
		     "try again when the guest is off, or read a snapshot",
		     STR_ARG(image->block.name));
}

static enum status choose(struct image *image, uint64_t number)
{
	enum status status = find_partitions(image);
	const struct block *disk = &image->block;

	if (status != OK && status != E_NOT_FOUND)
		return status;
	for (unsigned i = 0; i < image->count; i++) {
		if (image->partitions[i].number == number) {
			image->chosen = &image->partitions[i];
			return OK;
		}
	}
	if (image->count == 0)
		return fail(disk->report, E_NOT_FOUND,
			    "%.*s has no partition %lu, nor any other; for the whole disk, name "
			    "%.*s",
			    STR_ARG(disk->name), (unsigned long)number, STR_ARG(disk->name));
	status = fail(disk->report, E_NOT_FOUND,
		      "%.*s has no partition %lu, but these:", STR_ARG(disk->name),
		      (unsigned long)number);
	report_partitions(image);
	return status;
}

/* What is wrong and, where that is not obvious, what to do. */
static const char *open_error(int error)
{
	switch (error) {
	case EISDIR:
		return "it is a directory, neither a file nor a block device; name the image in it";
	case EINVAL:
		return "it is neither a file nor a block device";
	case EACCES:
	case EPERM:
		return "permission denied; run this as root, or as who may read it";
	case ENOMEDIUM:
		return "there is no medium in the drive";
	default:
		return strerror(error);
	}
}

/* Notes which file or device was opened, for image_is_same(): it may have several names. */
static void identify(struct image *image)
{
	struct stat st = {0};

	(void)fstat(image->fd, &st);
	image->on = S_ISBLK(st.st_mode) ? 0 : st.st_dev;
	image->id = S_ISBLK(st.st_mode) ? st.st_rdev : st.st_ino;
}

/* Opens the file. *PARTITION: NAME is that of a partition, and *NUMBER the partition's. */
static enum status open_file(struct image *image, const char *name, bool *partition,
			     uint64_t *number)
{
	struct str base;
	size_t length;
	int error;

	*partition = false;
	image->fd = open_sized(name, &image->block.size);
	error = errno;
	if (image->fd < 0 && errno == ENOENT && split_partition(name, &length, number)) {
		if (!str_dup(&image->arena, (struct str){name, length}, &base))
			return fail(image->block.report, E_NO_MEMORY, "no memory for a name");
		*partition = true;
		image->block.name = base;
		image->fd = open_sized(base.p, &image->block.size);
		error = errno;
	}
	if (image->fd >= 0) {
		identify(image);
		return OK;
	}
	return fail(image->block.report, E_IO, "cannot open '%.*s': %s", STR_ARG(image->block.name),
		    open_error(error));
}

/* Lets qemu-nbd read the file that is open, if it has a FORMAT other than raw. */
static enum status open_format(struct image *image, const char *format)
{
	if (format == NULL || strcmp(format, "raw") == 0)
		return OK;
	return nbd_disk_open(&image->block, image->on == 0, format, &image->nbd);
}

enum status image_open(const char *name, const char *format, struct report *report,
		       struct image **opened)
{
	struct image *image = calloc(1, sizeof(*image));
	bool partition;
	uint64_t number;
	enum status status;

	if (image == NULL)
		return fail(report, E_NO_MEMORY, "%s: no memory to open it", name);
	image->block = (struct block){.read = image_read, .name = str_of(name), .report = report};
	status = open_file(image, name, &partition, &number);
	if (status == OK)
		status = open_format(image, format);
	if (status == OK && partition)
		status = choose(image, number);
	if (status == OK)
		*opened = image;
	else
		image_close(image);
	return status;
}

bool image_is_same(const struct image *a, const struct image *b)
{
	return a->on == b->on && a->id == b->id &&
	       (a->chosen == NULL || b->chosen == NULL || a->chosen->number == b->chosen->number);
}

struct block *image_block(struct image *image, unsigned *partition)
{
	*partition = image->chosen != NULL ? image->chosen->number : 0;
	return image->chosen != NULL ? &image->chosen->block : &image->block;
}

enum status image_partitions(struct image *image, struct partition **list, unsigned *count)
{
	enum status status = OK;

	if (image->chosen == NULL && image->count == 0)
		status = find_partitions(image);
	*list = image->partitions;
	*count = image->chosen != NULL ? 0 : image->count;
	return status == E_NOT_FOUND ? OK : status;
}

void image_close(struct image *image)
{
	if (image == NULL)
		return;
	if (image->fd >= 0)
		close(image->fd);
	nbd_disk_close(image->nbd);
	arena_free(&image->arena);
	free(image);
}
