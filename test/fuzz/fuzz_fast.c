/* Fast commits: the input is a list of records, laid behind an empty log with every checksum right.
 */
#include <stdio.h>
#include <string.h>

#include "base/crc.h"
#include "fs/ext/format.h"
#include "fs/ext/journal/format.h"
#include "test/fuzz/disk.h"

#define RECORDS_MOST 1000
#define CHANGES      6
#define AREA         64 /* blocks for fast commits, of */
#define BLOCKS       (1024 + AREA)
#define TID          7
#define NAME_MOST    255

/* The area for fast commits while it is filled. */
struct area {
	struct fuzz_disk *d;
	uint32_t home[BLOCKS]; /* where the journal's blocks lie on the disk */
	uint32_t next;         /* the block of the journal that is being filled */
	size_t at;             /* where in it */
	uint32_t crc;          /* of the records since the last tail */
	struct fuzz_input in;
};

static uint8_t *block_at(const struct area *a, uint32_t n)
{
	return a->d->bytes + (size_t)a->home[n] * a->d->block_size;
}

/* Room for a record, which may be longer than its block, and is cut then. Puts padding before it
 * if it does not fit. NULL: the area is full. */
static uint8_t *room(struct area *a, size_t n)
{
	size_t size = a->d->block_size;
	uint8_t *p = block_at(a, a->next) + a->at;

	if (a->at + n > size) {
		if (size - a->at >= sizeof(struct ext4_fc_tl)) {
			put_le16(p, EXT4_FC_TAG_PAD);
			put_le16(p + 2, (uint32_t)(size - a->at - sizeof(struct ext4_fc_tl)));
			a->crc = crc32c(a->crc, p, size - a->at);
		}
		a->at = 0;
		a->next++;
	}
	return a->next < BLOCKS && n <= size ? block_at(a, a->next) + a->at : NULL;
}

/* Lays a record whose value is N bytes of VALUE, and says that it has SAID. */
static void lay(struct area *a, unsigned tag, const uint8_t *value, size_t n, size_t said)
{
	uint8_t *p = room(a, sizeof(struct ext4_fc_tl) + n);

	if (p == NULL)
		return;
	put_le16(p, tag);
	put_le16(p + 2, (uint32_t)said);
	memcpy(p + 4, value, n);
	a->crc = crc32c(a->crc, p, sizeof(struct ext4_fc_tl) + n);
	a->at += sizeof(struct ext4_fc_tl) + n;
}

static void lay_tail(struct area *a)
{
	uint8_t *p = room(a, 12);

	if (p == NULL)
		return;
	put_le16(p, EXT4_FC_TAG_TAIL);
	put_le16(p + 2, (uint32_t)(a->d->block_size - a->at - 4));
	put_le32(p + 4, TID);
	put_le32(p + 8, crc32c(a->crc, p, 8));
	a->crc = 0;
	a->at = 0;
	a->next++;
}

static uint32_t inode(struct area *a)
{
	uint32_t n = (uint32_t)fuzz_take(&a->in, 1);

	return n < 250 ? n % 100 : n - 251;
}

/* An inode of the disk with some bytes changed. */
static void lay_inode(struct area *a, unsigned how)
{
	uint8_t value[4 + 1024] = {0};
	size_t size = a->d->inode_size;
	size_t n = how & 1 ? 128 + (size_t)fuzz_take(&a->in, 1) % (size - 127) : 160;
	uint32_t from = 2 + (uint32_t)fuzz_take(&a->in, 1) % 90;

	put_le32(value, inode(a));
	memcpy(value + 4, fuzz_inode(a->d, from), size);
	for (uint64_t i = fuzz_take(&a->in, 1) % CHANGES; i > 0; i--) {
		size_t at = (size_t)fuzz_take(&a->in, 1) % n;

		value[4 + at] = (uint8_t)fuzz_take(&a->in, 1);
	}
	if (how & 2)
		put_le16(value + 4 + offsetof(struct ext4_inode, i_links_count), 2);
	if (how & 4)
		put_le32(value + 4 + offsetof(struct ext4_inode, i_flags), EXT4_EXTENTS_FL);
	lay(a, EXT4_FC_TAG_INODE, value, 4 + n, 4 + n);
}

static void lay_range(struct area *a, unsigned how)
{
	uint8_t value[sizeof(struct ext4_fc_add_range)] = {0};

	put_le32(value, inode(a));
	put_le32(value + 4, (uint32_t)fuzz_take(&a->in, how & 1 ? 4 : 1));
	if (how & 2) {
		put_le32(value + 8, (uint32_t)fuzz_take(&a->in, how & 4 ? 4 : 1));
		lay(a, EXT4_FC_TAG_DEL_RANGE, value, 12, 12);
		return;
	}
	put_le16(value + 8, (uint32_t)fuzz_take(&a->in, how & 4 ? 2 : 1));
	put_le32(value + 12, (uint32_t)fuzz_take(&a->in, 2));
	lay(a, EXT4_FC_TAG_ADD_RANGE, value, 16, 16);
}

static void lay_name(struct area *a, unsigned tag, unsigned how)
{
	uint8_t value[8 + NAME_MOST + 1] = {0};
	char *name = (char *)value + 8;
	size_t n = 0;

	put_le32(value, how & 1 ? inode(a) : EXT4_ROOT_INO);
	put_le32(value + 4, inode(a));
	if (how & 2)
		n = (size_t)snprintf(name, NAME_MOST, "a-name-of-some-length-%u",
				     (unsigned)fuzz_take(&a->in, 1) % 64);
	else if (how & 4)
		n = (size_t)snprintf(name, NAME_MOST, "%s", how & 8 ? "file" : "dir");
	else
		for (n = (size_t)fuzz_take(&a->in, 1) % 8; n > 0; n--)
			name[n - 1] = (char)fuzz_take(&a->in, 1);
	n = strlen(name);
	lay(a, tag, value, 8 + n, 8 + n);
}

static void lay_rubbish(struct area *a, unsigned how)
{
	uint8_t value[16] = {0};

	put_le32(value, (uint32_t)fuzz_take(&a->in, 4));
	lay(a, how % 12, value, sizeof(value), (size_t)fuzz_take(&a->in, how & 16 ? 2 : 1));
}

static void lay_any(struct area *a)
{
	unsigned how = (unsigned)fuzz_take(&a->in, 1), more = (unsigned)fuzz_take(&a->in, 1);

	switch (how % 8) {
	case 0:
	case 1:
		lay_inode(a, more);
		return;
	case 2:
	case 3:
		lay_range(a, more);
		return;
	case 4:
	case 5:
	case 6:
		lay_name(a, EXT4_FC_TAG_CREAT + how % 8 - 4, more);
		return;
	default:
		if (more < 200)
			lay_tail(a);
		else
			lay_rubbish(a, more);
	}
}

/* Begins the area with a head. */
static void begin(struct area *a)
{
	uint8_t head[8] = {0}, *super = block_at(a, 0);

	put_be32(super + 0x18, TID);
	put_be32(super + 0x1c, 1);
	put_be32(super + 0x28, JBD2_FEATURE_INCOMPAT_FAST_COMMIT);
	put_be32(super + 0x54, AREA);
	a->next = BLOCKS - AREA + 1;
	put_le32(head + 4, TID);
	lay(a, EXT4_FC_TAG_HEAD, head, sizeof(head), sizeof(head));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_disks_load("fast");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct area a = {.in = {data, n}};

	a.d = &fuzz_disks[fuzz_take(&a.in, 1) % fuzz_disks_count];
	fuzz_disk_reset(a.d);
	fuzz_journal_blocks(a.d, a.home, BLOCKS);
	begin(&a);
	for (unsigned i = 0; i < RECORDS_MOST && a.in.n > 0 && a.next < BLOCKS; i++)
		lay_any(&a);
	if (a.next < BLOCKS)
		lay_tail(&a);
	fuzz_use(&a.d->block, JOURNAL_MOST);
	return 0;
}
