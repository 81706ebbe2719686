/* Which file system does a device hold? And if it is none that we read, what is there instead? */
#include "fs/filesystems.h"

#include <stdbool.h>

#include "base/mem.h"
#include "fs/block.h"
#include "fs/ext/ext.h"
#include "fs/volume.h"
#include "fs/xfs/xfs.h"

/* open() answers E_NOT_FOUND, without a word, when the superblock is not in its place; with more
 * effort than EFFORT_PLACE, when no copy of it helps. A volume that was opened by a copy has
 * `copy_used`. */
static const struct filesystem {
	const char *name;
	enum status (*open)(struct block *, enum effort, struct volume **);
} filesystems[] = {
	/* XFS is asked first: its superblock is the first sector, so the read that finds none
	 * brings ext's with it (fs/readahead.h). */
	{"XFS", xfs_open},
	{"ext2, ext3 or ext4", ext_open},
};

#define HOLDS_NONE "%.*s holds no file system that Partless reads"

#define FILESYSTEMS (sizeof(filesystems) / sizeof(*filesystems))

#define ASK "; Partless reads ext2, ext3, ext4 and XFS"
#define CONVERT                                                                                  \
	"; convert it with 'qemu-img convert -O raw', or name its format: by <driver type=> in " \
	"the domain, by --format on the host"
#define UNLOCK \
	"; only the guest's kernel can open it, Partless needs /boot on a plain ext4 or XFS disk"
#define PARTITIONS "; Partless wants the file system on the whole disk, or one of the partitions"

/* What devices begin with. The first match counts, so the surest signatures come first. */
static const struct signature {
	uint32_t at;
	enum content_kind {
		NO_ROOT,
		ROOT,      /* Linux may have its root file system there */
		IS_PACKED, /* a compressed file, perhaps of an image */
		IS_DISK,   /* an image of a disk, in a format that QEMU can show to the guest */
	} kind;
	struct str bytes;
	const char *what; /* for a person: a noun, then "; " and what to do */
} signatures[] = {
	{0x10040, ROOT, S("_BHRfS_M"), "a btrfs file system" ASK},
	{0x400, ROOT, S("\x10\x20\xf5\xf2"), "an F2FS file system" ASK},
	{0x400, ROOT, S("\xe2\xe1\xf5\xe0"), "an EROFS file system" ASK},
	{0, ROOT, S("hsqs"), "a squashfs file system" ASK},
	{0x8001, NO_ROOT, S("CD001"), "a CD-ROM (ISO 9660)" ASK},
	{3, NO_ROOT, S("NTFS    "), "an NTFS file system" ASK},
	{3, NO_ROOT, S("EXFAT   "), "an exFAT file system" ASK},
	{0, ROOT, S("LUKS\xba\xbe"), "an encrypted disk (LUKS)" UNLOCK},
	{0x200, ROOT, S("LABELONE"), "a physical volume of LVM" UNLOCK},
	{0, ROOT, S("LABELONE"), "a physical volume of LVM" UNLOCK},
	{0x1000, ROOT, S("\xfc\x4e\x2b\xa9"), "a member of a Linux RAID" UNLOCK},
	{0, ROOT, S("\xfc\x4e\x2b\xa9"), "a member of a Linux RAID" UNLOCK},
	{0xff6, NO_ROOT, S("SWAPSPACE2"), "swap space"},
	{0xfff6, NO_ROOT, S("SWAPSPACE2"), "swap space"},
	{0, IS_DISK, S("QFI\xfb"), "a qcow2 image" CONVERT},
	{0, IS_DISK, S("KDMV"), "a VMDK image" CONVERT},
	{0, IS_DISK, S("vhdxfile"), "a VHDX image" CONVERT},
	{0x40, IS_DISK, S("\x7f\x10\xda\xbe"), "a VDI image" CONVERT},
	{0, IS_PACKED, S("\x1f\x8b\x08"), "a file packed with gzip; unpack it first"},
	{0, IS_PACKED,
	 S("\xfd"
	   "7zXZ"),
	 "a file packed with xz; unpack it first"},
	{0, IS_PACKED, S("\x28\xb5\x2f\xfd"), "a file packed with zstd; unpack it first"},
	{0x200, NO_ROOT, S("EFI PART"), "a GPT partition table" PARTITIONS},
	{0x1000, NO_ROOT, S("EFI PART"), "a GPT partition table" PARTITIONS},
	{0x36, NO_ROOT, S("FAT1"), "a FAT file system" ASK},
	{0x52, NO_ROOT, S("FAT32"), "a FAT file system" ASK},
	{0x1fe, NO_ROOT, S("\x55\xaa"), "an MBR partition table or boot sector" PARTITIONS},
};

/* The bytes of a device that are searched for a signature; every one lies in them. */
#define HEAD_BYTES (68u * 1024)

/* A device is called empty when so many bytes of it are zeros. */
#define ZEROS (64u * 1024)

/* Unknown data on a smaller device is taken for a boot loader of a BIOS or the like, and not for a
 * root file system. */
#define ROOT_MIN (UINT64_C(32) << 20)

static bool is_zero(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\0')
			return false;
	}
	return true;
}

/* The signature in P, the first N bytes of a device; NULL when we know none of it. */
static const struct signature *find_signature(const char *p, size_t n)
{
	for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); i++) {
		const struct signature *s = &signatures[i];

		if (s->at + s->bytes.n <= n &&
		    str_eq((struct str){p + s->at, s->bytes.n}, s->bytes))
			return s;
	}
	return NULL;
}

/* Reads the head of a device and finds its signature, NULL where there is none. *ZERO: the head
 * holds nothing but zeros. */
static enum status read_signature(struct block *b, const struct signature **s, bool *zero)
{
	size_t n = b->size < HEAD_BYTES ? (size_t)b->size : HEAD_BYTES;
	char *p = mem_alloc(n);
	enum status status;

	*s = NULL;
	*zero = false;
	if (p == NULL)
		return fail(b->report, E_NO_MEMORY, "%.*s: no memory to read its beginning",
			    STR_ARG(b->name));
	status = block_read(b, 0, p, n);
	if (status == OK) {
		*s = find_signature(p, n);
		*zero = is_zero(p, n < ZEROS ? n : ZEROS);
	}
	mem_free(p, n);
	return status;
}

/* read_signature() for a caller to whom a failure is an answer: reports nothing. */
static enum status read_signature_quietly(struct block *b, const struct signature **s, bool *zero)
{
	size_t mark = report_mark(b->report);
	enum status status = read_signature(b, s, zero);

	report_rewind(b->report, mark);
	return status;
}

/* What a device holds, in words: "holds", "an XFS file system". */
struct content {
	const char *verb, *what;
	bool is_known; /* a signature says it */
};

static enum status describe(struct block *b, struct content *c)
{
	const struct signature *s;
	bool zero;
	enum status status;

	if (b->size == 0)
		return fail(b->report, E_NOT_FOUND, "%.*s is empty, it has no bytes at all",
			    STR_ARG(b->name));
	status = read_signature(b, &s, &zero);
	if (status != OK)
		return status;
	c->is_known = s != NULL;
	c->verb = s != NULL && s->kind >= IS_PACKED ? "is" : "holds";
	c->what = s != NULL ? s->what
		  : zero    ? "nothing but zeros in its first 64 KiB; is it the right disk?"
			    : "nothing that Partless knows" ASK;
	return OK;
}

bool fs_may_be_root(struct block *b, struct str *what)
{
	const struct signature *s;
	bool zero;
	enum status status = read_signature_quietly(b, &s, &zero);

	*what = status != OK ? S("what cannot be read") : S("nothing that Partless knows");
	if (s == NULL)
		return status != OK || (!zero && b->size >= ROOT_MIN);
	*what = str_of(s->what);
	what->n = str_find(*what, ';');
	return s->kind == ROOT;
}

/* True when the device begins with a signature of this kind, or of a later one. */
static bool begins_as(struct block *b, enum content_kind kind)
{
	const struct signature *s;
	bool zero;

	return b->size > 0 && read_signature_quietly(b, &s, &zero) == OK && s != NULL &&
	       s->kind >= kind;
}

bool fs_holds_disk(struct block *b)
{
	return begins_as(b, IS_DISK);
}

bool fs_is_wrapped(struct block *b)
{
	return begins_as(b, IS_PACKED);
}

/* Opens the device as F by a copy of the superblock, and says so above what stands in the report
 * since MARK. E_NOT_FOUND, not reported, when no copy helps. */
static enum status open_by_copy(struct block *b, const struct filesystem *f, enum effort effort,
				size_t mark, struct volume **v)
{
	enum status status = f->open(b, effort, v);

	return status == OK
		       ? fail_in(b->report, mark, OK, "%.*s: its superblock is damaged, and %.*s",
				 STR_ARG(b->name), STR_ARG((*v)->copy_used))
		       : status;
}

/* F has found its superblock damaged. Uses a copy of it, unless the device has the signature of
 * something else: then it was formatted anew, and the copies are what the old file system left. */
static enum status open_damaged(struct block *b, const struct filesystem *f, size_t mark,
				struct volume **v)
{
	struct content c = {0};
	enum status status = describe(b, &c);

	if (status != OK)
		return status;
	if (c.is_known) {
		note(b->report, "no copy of the superblock is used: the disk also %s %s", c.verb,
		     c.what);
		return E_CORRUPT;
	}
	status = open_by_copy(b, f, EFFORT_DAMAGED, mark, v);
	return status == E_NOT_FOUND ? E_CORRUPT : status;
}

/* No file system has found its superblock. Uses a copy by the same rule; when there is none,
 * reports what the device holds instead. */
static enum status open_missing(struct block *b, size_t mark, struct volume **v)
{
	struct content c = {0};
	enum status status = describe(b, &c);

	if (status != OK)
		return status;
	for (size_t i = 0; i < FILESYSTEMS && !c.is_known; i++) {
		status = open_by_copy(b, &filesystems[i], EFFORT_MISSING, mark, v);
		if (status != E_NOT_FOUND)
			return status;
	}
	return fail(b->report, E_NOT_FOUND, "%.*s %s %s", STR_ARG(b->name), c.verb, c.what);
}

/* Opens the first file system whose superblock is in its place, damaged or not. E_NOT_FOUND, not
 * reported, when there is none. */
static enum status open_in_place(struct block *b, size_t mark, struct volume **v)
{
	for (size_t i = 0; i < FILESYSTEMS; i++) {
		const struct filesystem *f = &filesystems[i];
		enum status status = f->open(b, EFFORT_PLACE, v);

		if (status == E_CORRUPT)
			status = open_damaged(b, f, mark, v);
		if (status == OK)
			return OK;
		if (status != E_NOT_FOUND)
			return fail_in(b->report, mark, status,
				       "%.*s: cannot open its file system (%s)", STR_ARG(b->name),
				       f->name);
	}
	return E_NOT_FOUND;
}

enum status fs_open(struct block *b, struct volume **v)
{
	size_t mark = report_mark(b->report);
	enum status status = open_in_place(b, mark, v);

	return status == E_NOT_FOUND ? open_missing(b, mark, v) : status;
}

enum status fs_open_quickly(struct block *b, struct volume **v)
{
	enum status status = open_in_place(b, report_mark(b->report), v);

	return status == E_NOT_FOUND ? fail(b->report, status, HOLDS_NONE, STR_ARG(b->name))
				     : status;
}
