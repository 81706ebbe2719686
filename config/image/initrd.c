/* Knows an initrd by its first bytes, as Linux does: init/initramfs.c, lib/decompress.c and
 * init/do_mounts_rd.c there. */
#include "config/image/initrd.h"

#include "base/mem.h"
#include "fs/volume.h"

struct magic {
	char bytes[9]; /* a text, with its NUL */
	uint8_t n;
};

/* cpio archives of the kind "newc", the only kind that Linux unpacks, and what unpacks to them. */
static const struct magic archives[] = {
	{"070701", 6},   /* cpio */
	{"070702", 6},   /* the same with checksums */
	{"\x1f\x8b", 2}, /* gzip */
	{"\x1f\x9e", 2}, /* old gzip */
	{"BZh", 3},      /* bzip2 */
	{"\x5d\0\0", 3}, /* LZMA */
	{"\xfd"
	 "7zXZ\0",
	 6},                     /* xz */
	{"\x89LZO\0", 5},        /* lzop */
	{"\x02!L\x18", 4},       /* lz4, the legacy format alone */
	{"\x28\xb5\x2f\xfd", 4}, /* Zstandard */
	{"-rom1fs-", 8},         /* file systems of a RAM disk: romfs */
	{"hsqs", 4},             /* SquashFS */
	{"\x45\x3d\xcd\x28", 4}, /* cramfs */
};

/* An ext2 file system, its superblock at 1024. */
#define EXT2_MAGIC_AT 1080

bool initrd_is_known(const void *head, size_t n)
{
	const uint8_t *p = head;
	size_t at = 0;

	if (n > EXT2_MAGIC_AT + 1 && p[EXT2_MAGIC_AT] == 0x53 && p[EXT2_MAGIC_AT + 1] == 0xef)
		return true;
	while (at < n && p[at] == 0)
		at++;
	for (size_t i = 0; i < sizeof(archives) / sizeof(*archives); i++) {
		const struct magic *m = &archives[i];

		if (n - at >= m->n && memcmp(p + at, m->bytes, m->n) == 0)
			return true;
	}
	return false;
}

const char *initrd_fault(struct volume *v, struct str path)
{
	uint8_t head[INITRD_HEAD];
	size_t mark = report_mark(v->report), n = sizeof(head);
	struct file_info info;
	enum status status = vol_info(v, path, &info);
	const char *fault = NULL;

	if (status == OK && info.type != FILE_REGULAR)
		fault = "is no regular file";
	else if (status == OK && info.size == 0)
		fault = "is empty";
	if (status == OK && fault == NULL) {
		n = info.size < n ? (size_t)info.size : n;
		status = vol_read(v, path, 0, head, n);
	}
	report_rewind(v->report, mark);
	if (status == E_NOT_FOUND || status == E_WRONG_TYPE)
		return "is not there";
	if (status != OK)
		return "cannot be read";
	if (fault == NULL && !initrd_is_known(head, n))
		fault = INITRD_UNKNOWN;
	return fault;
}
