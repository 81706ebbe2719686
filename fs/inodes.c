/* What the readers of inodes stand on: what reading costs, blocks, the bytes of files. */
#include "fs/inodes.h"

#include "base/fmt.h"
#include "base/mem.h"

enum status inodes_listed(struct inodes *fs, uint64_t dir, struct str name, uint64_t number,
			  enum file_type type, dir_fn *fn, void *context)
{
	uint64_t spent = fs->spent;
	enum status status;

	if (str_eq(name, S(".")) || str_eq(name, S("..")))
		return OK;
	/* The caller often asks for the inode of this name next. That was worth its cost, as the
	 * name is: in a directory of a million names most lie in blocks of their own. */
	names_add(&fs->large->names, dir, name, number);
	status = fn(context, name, type);
	if (status == OK)
		fs->spent = spent;
	return status;
}

enum status inodes_target(struct inodes *fs, char *to, size_t *n)
{
	const struct inode *link = fs->at;
	enum status status;

	if (link->size >= PATH_MAX_BYTES)
		return fail(fs->vol.report, E_CORRUPT, "the symlink, inode %lu, has %lu bytes",
			    (unsigned long)link->number, (unsigned long)link->size);
	status = fs->ops->content(fs, link, 0, to, (size_t)link->size);
	if (status != OK)
		return status;
	*n = str_find((struct str){to, (size_t)link->size}, '\0');
	if (*n == 0)
		return fail(fs->vol.report, E_CORRUPT, "the symlink, inode %lu, is empty",
			    (unsigned long)link->number);
	return OK;
}

enum file_type inodes_type(uint16_t mode)
{
	switch (mode & 0xf000) { /* S_IFMT */
	case 0x8000:
		return FILE_REGULAR;
	case 0x4000:
		return FILE_DIRECTORY;
	case 0xa000:
		return FILE_SYMLINK;
	default:
		return FILE_SPECIAL;
	}
}

enum file_type inodes_dirent_type(uint8_t file_type)
{
	static const uint8_t types[] = {FILE_UNKNOWN, FILE_REGULAR, FILE_DIRECTORY, FILE_SPECIAL,
					FILE_SPECIAL, FILE_SPECIAL, FILE_SPECIAL,   FILE_SYMLINK};

	return file_type < sizeof(types) ? (enum file_type)types[file_type] : FILE_UNKNOWN;
}

bool inodes_is_name(struct str s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != '/' && s.p[i] != '\0')
		i++;
	return i > 0 && i == s.n;
}

enum status inodes_check_disk(const struct inodes *fs, uint64_t bytes, const char *units,
			      uint32_t least)
{
	const struct block *disk = fs->disk;

	if (bytes > disk->size)
		return fail(
			disk->report, E_CORRUPT,
			"the file system has %lu bytes and the disk only %lu: the image was cut "
			"short, or the disk made smaller; copy the image again",
			(unsigned long)bytes, (unsigned long)disk->size);
	if (least < disk->sector)
		return fail(disk->report, E_UNSUPPORTED,
			    "the file system has %s of %u bytes and the disk of %u, so that Linux "
			    "cannot mount it: let the host give the disk blocks of 512 bytes",
			    units, least, disk->sector);
	return OK;
}

void inodes_name(struct inodes *fs, const uint8_t *uuid, const char *label, size_t label_size)
{
	char *to = fs->vol.uuid;
	bool any = false;
	size_t n = 0;

	for (unsigned i = 0; i < 16; i++) {
		const char *dash = i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";

		n += fmt(to + n, sizeof(fs->vol.uuid) - n, "%s%02x", dash, uuid[i]);
		any |= uuid[i] != 0;
	}
	to[any ? n : 0] = '\0';
	fs->vol.label = (struct str){label, label_size};
	fs->vol.label.n = str_find(fs->vol.label, '\0');
}

enum status inodes_without_log(struct inodes *fs, const char *log, size_t mark, enum status status)
{
	status = fail_in(
		fs->vol.report, mark, status,
		"%.*s was not unmounted, and its %s cannot be used: files may be older than "
		"they should be",
		STR_ARG(fs->vol.name), log);
	return status == E_IO || status == E_NO_MEMORY ? status : OK;
}

enum status inodes_spend(struct inodes *fs, uint64_t cost)
{
	if (cost > COST_MAX - fs->spent)
		return fail(fs->vol.report, E_LIMIT,
			    "%.*s: its directories and trees take too long to read (%u requests): "
			    "it is damaged, or made to waste time",
			    STR_ARG(fs->vol.name), (unsigned)(COST_MAX / COST_REQUEST));
	fs->spent += cost;
	return OK;
}

enum status inodes_request(struct inodes *fs, uint64_t offset, void *to, size_t bytes)
{
	enum status status = inodes_spend(fs, bytes < COST_REQUEST ? COST_REQUEST : bytes);

	return status == OK ? block_read(fs->disk, offset, to, bytes) : status;
}

enum status inodes_cached(struct inodes *fs, uint64_t block, struct cache_slot **found)
{
	struct cache_slot *slot = cache_slot(&fs->large->cache, block);

	if (slot->used == 0) {
		enum status status = fs->ops->read(fs, block << fs->block_bits, slot->data,
						   (size_t)1 << fs->block_bits);
		if (status != OK)
			return status;
		cache_filled(&fs->large->cache, slot, block);
	}
	*found = slot;
	return OK;
}

/* A read that waits, because the next run may continue it. */
struct request {
	uint64_t offset;
	uint8_t *to;
	size_t bytes;
};

static enum status request_send(struct inodes *fs, struct request *r)
{
	size_t bytes = r->bytes;

	r->bytes = 0;
	return bytes == 0 ? OK : fs->ops->read(fs, r->offset, r->to, bytes);
}

static enum status request_add(struct inodes *fs, struct request *r, uint64_t offset, uint8_t *to,
			       size_t bytes)
{
	enum status status;

	if (r->bytes != 0 && r->offset + r->bytes == offset && r->to + r->bytes == to) {
		r->bytes += bytes;
		return OK;
	}
	status = request_send(fs, r);
	*r = (struct request){offset, to, bytes};
	return status;
}

enum status inodes_read_runs(struct inodes *fs, const struct inode *inode, uint64_t offset,
			     void *buf, size_t bytes)
{
	const unsigned bits = fs->block_bits;
	struct request request = {0};
	uint8_t *to = buf;
	enum status status = OK;

	while (bytes > 0) {
		size_t skip = offset & (((size_t)1 << bits) - 1), n = bytes;
		struct run run;

		status = fs->ops->map(fs, inode, offset >> bits, &run);
		if (status != OK)
			return status;
		if (run.count <= (skip + n) >> bits)
			n = ((size_t)run.count << bits) - skip;
		if (run.block == 0)
			memset(to, 0, n);
		else
			status = request_add(fs, &request, (run.block << bits) + skip, to, n);
		if (status != OK)
			return status;
		offset += n;
		to += n;
		bytes -= n;
	}
	return request_send(fs, &request);
}
