/* Which file system is on this device, and if none that we read: what is there instead? */
#include "fs/filesystems.h"

#include <stdbool.h>

#include "base/mem.h"
#include "fs/block.h"
#include "fs/ext/ext.h"
#include "fs/volume.h"

static const struct filesystem {
	const char *name;
	enum status (*open)(struct block *, struct volume **);
	enum status (*open_backup)(struct block *, bool damaged, size_t mark, struct volume **);
} filesystems[] = {
	{"ext2, ext3 or ext4", ext_open, ext_open_backup},
};

#define FILESYSTEMS (sizeof(filesystems) / sizeof(*filesystems))

#define ASK "; Partless reads ext2, ext3 and ext4"
#define CONVERT                                                                                \
	"; convert it with 'qemu-img convert -O raw', or let QEMU open it ('qemu-nbd' on the " \
	"host)"
#define UNLOCK \
	"; only the guest's own kernel can open it, Partless needs /boot on a plain ext4 disk"
#define PARTITIONS "; Partless wants the file system on the whole disk, or one of the partitions"

/* Signatures, the certain ones first. */
static const struct signature {
	uint32_t at;
	enum {
		NO_ROOT,
		ROOT,      /* Linux could have its root file system there */
		IS_PACKED, /* it is a file that somebody packed */
		IS_DISK,   /* it is another disk, in a format that QEMU may show to the guest */
	} kind;
	struct str bytes;
	const char *what; /* with advice */
} signatures[] = {
	{0, ROOT, S("XFSB"), "an XFS file system" ASK},
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

/* Every signature lies below this. */
#define LOOK (68u * 1024)

#define ZEROS (64u * 1024)

/* What nobody knows and is smaller than this is a boot loader of firmware without UEFI, or the
 * like, and no root. */
#define ROOT_MIN (UINT64_C(32) << 20)

static bool is_zero(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\0')
			return false;
	}
	return true;
}

/* What the first N bytes of a device are a sign of; NULL when we do not know. */
static const struct signature *known(const char *p, size_t n)
{
	for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); i++) {
		const struct signature *s = &signatures[i];

		if (s->at + s->bytes.n <= n &&
		    str_eq((struct str){p + s->at, s->bytes.n}, s->bytes))
			return s;
	}
	return NULL;
}

/* The sign at the beginning of a device, NULL where there is none; *ZERO: nothing is there at all.
 */
static enum status find_sign(struct block *b, const struct signature **sign, bool *zero)
{
	size_t n = b->size < LOOK ? (size_t)b->size : LOOK;
	char *p = mem_alloc(n);
	enum status status;

	*sign = NULL;
	*zero = false;
	if (p == NULL)
		return fail(b->report, E_NO_MEMORY, "%.*s: no memory to look at it",
			    STR_ARG(b->name));
	status = block_read(b, 0, p, n);
	if (status == OK) {
		*sign = known(p, n);
		*zero = is_zero(p, n < ZEROS ? n : ZEROS);
	}
	mem_free(p, n);
	return status;
}

/* The same for a caller to whom a failure is an answer: nothing is reported. */
static enum status find_sign_quietly(struct block *b, const struct signature **sign, bool *zero)
{
	size_t mark = report_mark(b->report);
	enum status status = find_sign(b, sign, zero);

	report_rewind(b->report, mark);
	return status;
}

/* What is at the beginning of a device, for a person. */
struct sight {
	const char *verb, *what; /* "holds", "an XFS file system" */
	bool is_known;           /* something has signed it */
};

static enum status look(struct block *b, struct sight *sight)
{
	const struct signature *s;
	bool zero;
	enum status status;

	if (b->size == 0)
		return fail(b->report, E_NOT_FOUND, "%.*s is empty, it has no bytes at all",
			    STR_ARG(b->name));
	status = find_sign(b, &s, &zero);
	if (status != OK)
		return status;
	sight->is_known = s != NULL;
	sight->verb = s != NULL && s->kind >= IS_PACKED ? "is" : "holds";
	sight->what = s != NULL ? s->what
		      : zero    ? "nothing but zeros in its first 64 KiB; is it the right disk?"
				: "nothing that Partless knows" ASK;
	return OK;
}

bool fs_may_be_root(struct block *b, struct str *what)
{
	const struct signature *s;
	bool zero;
	enum status status = find_sign_quietly(b, &s, &zero);

	*what = status != OK ? S("what cannot be read") : S("nothing that Partless knows");
	if (s == NULL)
		return status != OK || (!zero && b->size >= ROOT_MIN);
	*what = str_of(s->what);
	what->n = str_find(*what, ';');
	return s->kind == ROOT;
}

bool fs_holds_disk(struct block *b)
{
	const struct signature *s;
	bool zero;

	return find_sign_quietly(b, &s, &zero) == OK && s != NULL && s->kind == IS_DISK;
}

bool fs_is_wrapped(struct block *b)
{
	const struct signature *s;
	bool zero;

	return b->size > 0 && find_sign_quietly(b, &s, &zero) == OK && s != NULL &&
	       s->kind >= IS_PACKED;
}

/* F found its superblock damaged; or, when F is NULL, nobody found one. */
static enum status open_otherwise(struct block *b, const struct filesystem *f, size_t mark,
				  struct volume **v)
{
	struct sight sight = {0};
	enum status status = look(b, &sight);

	if (status != OK)
		return status;
	for (size_t i = 0; i < FILESYSTEMS && !sight.is_known; i++) {
		const struct filesystem *g = &filesystems[i];

		if ((f == NULL || f == g) && g->open_backup(b, f != NULL, mark, v) == OK)
			return OK;
	}
	if (f == NULL)
		return fail(b->report, E_NOT_FOUND, "%.*s %s %s", STR_ARG(b->name), sight.verb,
			    sight.what);
	if (sight.is_known)
		note(b->report, "no copy of the superblock is used: the disk also %s %s",
		     sight.verb, sight.what);
	return E_CORRUPT;
}

/* What has a superblock at its place, damaged or not. E_NOT_FOUND, untold, when there is none. */
static enum status open_first(struct block *b, size_t mark, struct volume **v)
{
	for (size_t i = 0; i < FILESYSTEMS; i++) {
		const struct filesystem *f = &filesystems[i];
		enum status status = f->open(b, v);

		if (status == E_CORRUPT)
			status = open_otherwise(b, f, mark, v);
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
	enum status status = open_first(b, mark, v);

	return status == E_NOT_FOUND ? open_otherwise(b, NULL, mark, v) : status;
}

enum status fs_open_quickly(struct block *b, struct volume **v)
{
	enum status status = open_first(b, report_mark(b->report), v);

	return status == E_NOT_FOUND
		       ? fail(b->report, status, "%.*s holds no ext file system", STR_ARG(b->name))
		       : status;
}
