/* The journal: the input is the log of a valid file system, as a list of blocks to lay one behind
 * the other, with every checksum put right, of whichever version. */
#include <string.h>

#include "base/crc.h"
#include "fs/ext/format.h"
#include "fs/ext/journal/format.h"
#include "test/fuzz/disk.h"

#define BLOCKS_MOST 400
#define TAGS_MOST   16
#define CHANGES     8
#define LOG_MOST    1024 /* blocks of the journals that test/fuzz/images makes */

/* The log while it is laid. */
struct log {
	struct fuzz_disk *d;
	uint8_t *super;          /* block 0 of the journal */
	uint32_t home[LOG_MOST]; /* where its blocks lie on the disk */
	uint32_t size;           /* bytes of a block */
	uint32_t next, tid;
	uint32_t first, end;
	bool v1, v2, v3, wide;
	uint32_t seed, crc;
	struct fuzz_input in;
};

/* Of the journal's superblock, each 4 bytes. */
static const uint8_t super_fields[] = {0x00, 0x04, 0x08, 0x0c, 0x10, 0x14, 0x18, 0x1c,
				       0x20, 0x24, 0x28, 0x2c, 0x30, 0x50, 0x54, 0x58};

static const uint32_t edges[] = {0,    1,    2,    3,    255,        256,
				 1023, 1024, 1025, 2048, 0x7fffffff, 0xffffffff};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static uint8_t *block_at(const struct log *l, uint32_t n)
{
	return l->d->bytes + (size_t)l->home[n % LOG_MOST] * l->size;
}

static void advance(struct log *l)
{
	if (++l->next >= l->end)
		l->next = l->first;
}

static uint8_t *begin(struct log *l, uint32_t type)
{
	uint8_t *p = block_at(l, l->next);

	memset(p, 0, l->size);
	put_be32(p, JBD2_MAGIC_NUMBER);
	put_be32(p + 4, type);
	put_be32(p + 8, l->tid);
	return p;
}

static void seal_tail(const struct log *l, uint8_t *p)
{
	if (!l->v2 && !l->v3)
		return;
	put_be32(p + l->size - 4, 0);
	put_be32(p + l->size - 4, crc32c(l->seed, p, l->size));
}

/* A copy of block HOME with some bytes changed: the file system's metadata, or anything. */
static bool lay_data(struct log *l, uint64_t home)
{
	uint8_t *p = block_at(l, l->next);
	uint64_t blocks = l->d->size / l->size;
	bool escaped;

	memcpy(p, l->d->clean + home % blocks * l->size, l->size);
	for (uint64_t i = fuzz_take(&l->in, 1) % CHANGES; i > 0; i--) {
		size_t at = (size_t)fuzz_take(&l->in, 2) % l->size;

		p[at] = (uint8_t)fuzz_take(&l->in, 1);
	}
	escaped = p[0] == 0xc0 && p[1] == 0x3b && p[2] == 0x39 && p[3] == 0x98;
	if (escaped)
		memset(p, 0, 4);
	return escaped;
}

static size_t put_tag(const struct log *l, uint8_t *tag, uint64_t home, uint32_t flags,
		      const uint8_t *data)
{
	uint8_t sequence[4];
	uint32_t crc;

	put_be32(sequence, l->tid);
	crc = crc32c(crc32c(l->seed, sequence, 4), data, l->size);
	put_be32(tag, (uint32_t)home);
	if (l->v3) {
		put_be32(tag + 4, flags);
		put_be32(tag + 8, l->wide ? (uint32_t)(home >> 32) : 0);
		put_be32(tag + 12, crc);
		return 16;
	}
	put_be16(tag + 4, l->v2 ? crc & 0xffff : 0);
	put_be16(tag + 6, flags);
	if (l->wide)
		put_be32(tag + 8, (uint32_t)(home >> 32));
	return 8u + (l->wide ? 4 : 0) + (l->v2 ? 2 : 0);
}

/* A descriptor and its data blocks. */
static void lay_descriptor(struct log *l, unsigned how)
{
	uint8_t *p = begin(l, JBD2_DESCRIPTOR_BLOCK);
	unsigned tags = 1 + (unsigned)fuzz_take(&l->in, 1) % TAGS_MOST, laid = 0;
	uint32_t crc = l->crc, here = l->next;
	size_t at = 12;

	advance(l);
	for (unsigned i = 0; i < tags && at + 32 < l->size - 4; i++) {
		uint64_t home = fuzz_take(&l->in, how & 1 ? 5 : 2);
		uint32_t flags = i + 1 == tags && !(how & 2) ? JBD2_FLAG_LAST_TAG : 0;
		const uint8_t *data = block_at(l, l->next);

		if (!(how & 4) || i > 0)
			flags |= JBD2_FLAG_SAME_UUID;
		if (lay_data(l, home) || how & 8)
			flags |= JBD2_FLAG_ESCAPE;
		at += put_tag(l, p + at, home, flags, data) +
		      (flags & JBD2_FLAG_SAME_UUID ? 0 : JBD2_UUID_BYTES);
		advance(l);
		laid++;
	}
	seal_tail(l, p);
	/* The sum of version 1 counts the descriptor before its data. */
	for (unsigned i = 0; l->v1 && i <= laid; i++) {
		crc = crc32_be(crc, block_at(l, here), l->size);
		here = here + 1 < l->end ? here + 1 : l->first;
	}
	l->crc = crc;
}

static void lay_revoke(struct log *l, unsigned how)
{
	uint8_t *p = begin(l, JBD2_REVOKE_BLOCK);
	uint32_t entries = (uint32_t)fuzz_take(&l->in, 1) % 32, width = l->wide ? 8 : 4;

	put_be32(p + 12, how & 1 ? (uint32_t)fuzz_take(&l->in, 4) : 16 + entries * width);
	for (uint32_t i = 0; i < entries; i++)
		put_be16(p + 16 + (i + 1) * width - 2, (uint32_t)fuzz_take(&l->in, 2));
	seal_tail(l, p);
	advance(l);
}

static void lay_commit(struct log *l, unsigned how)
{
	uint8_t *p = begin(l, JBD2_COMMIT_BLOCK);

	put_be32(p + offsetof(struct commit_header, h_commit_sec) + 4,
		 (uint32_t)fuzz_take(&l->in, 1));
	if (l->v1 && !(how & 1)) {
		p[12] = JBD2_CRC32_CHKSUM;
		p[13] = JBD2_CRC32_CHKSUM_SIZE;
		put_be32(p + 16, l->crc);
	} else if (l->v2 || l->v3) {
		put_be32(p + 16, crc32c(l->seed, p, l->size));
	}
	l->crc = ~0u;
	l->tid++;
	advance(l);
}

static void lay_rubbish(struct log *l, unsigned how)
{
	uint8_t *p = begin(l, how);

	put_be32(p + 8, l->tid + (uint32_t)fuzz_take(&l->in, 1) - 1);
	advance(l);
}

static void lay(struct log *l)
{
	unsigned how = (unsigned)fuzz_take(&l->in, 1);

	switch (how % 8) {
	case 0:
	case 1:
	case 2:
	case 3:
		lay_descriptor(l, how >> 3);
		return;
	case 4:
		lay_revoke(l, how >> 3);
		return;
	case 5:
	case 6:
		lay_commit(l, how >> 3);
		return;
	default:
		lay_rubbish(l, how >> 3);
	}
}

/* The features that the input asks for, and a log that begins anywhere. */
static void begin_log(struct log *l)
{
	static const uint8_t versions[] = {0, JBD2_FEATURE_INCOMPAT_CSUM_V2,
					   JBD2_FEATURE_INCOMPAT_CSUM_V3, 0};
	unsigned features = (unsigned)fuzz_take(&l->in, 1), version = features & 3;
	uint32_t incompat = versions[version] | (features >> 2 & 0x7);

	l->v1 = version == 3;
	l->v2 = version == 1;
	l->v3 = version == 2;
	l->wide = incompat & JBD2_FEATURE_INCOMPAT_64BIT;
	l->first = 1;
	l->end = LOG_MOST;
	l->next = 1 + (uint32_t)fuzz_take(&l->in, 2) % (l->end - 1);
	l->tid = (uint32_t)fuzz_take(&l->in, 1) - 5;
	l->crc = ~0u;
	put_be32(l->super + 0x04, JBD2_SUPERBLOCK_V2);
	put_be32(l->super + 0x14, l->first);
	put_be32(l->super + 0x18, l->tid);
	put_be32(l->super + 0x1c, l->next);
	put_be32(l->super + 0x24, l->v1 ? JBD2_FEATURE_COMPAT_CHECKSUM : 0);
	put_be32(l->super + 0x28, incompat);
	l->super[0x50] = 4;
	l->seed = crc32c(~0u, l->super + 0x30, JBD2_UUID_BYTES);
}

static void lie_in_super(struct log *l)
{
	for (uint64_t i = fuzz_take(&l->in, 1) % 4; i > 0; i--) {
		uint8_t *p = l->super + super_fields[fuzz_take(&l->in, 1) % COUNT(super_fields)];
		unsigned how = (unsigned)fuzz_take(&l->in, 1);

		put_be32(p, how & 1 ? (uint32_t)fuzz_take(&l->in, 4)
				    : edges[(how >> 1) % COUNT(edges)]);
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_disks_load("dirty");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct log l = {.in = {data, n}};

	l.d = &fuzz_disks[fuzz_take(&l.in, 1) % fuzz_disks_count];
	fuzz_disk_reset(l.d);
	fuzz_journal_blocks(l.d, l.home, LOG_MOST);
	l.size = l.d->block_size;
	l.super = block_at(&l, 0);
	begin_log(&l);
	lie_in_super(&l);
	for (unsigned i = 0; i < BLOCKS_MOST && l.in.n > 0; i++)
		lay(&l);
	put_be32(l.super + 0xfc, 0);
	if (l.v2 || l.v3)
		put_be32(l.super + 0xfc, crc32c(~0u, l.super, JBD2_SUPERBLOCK_BYTES));
	fuzz_use(&l.d->block, JOURNAL_MOST);
	return 0;
}
