/* GPT (UEFI specification, chapter 5) and MBR with its chain of logical partitions. */
#include "fs/partition.h"

#include <stdbool.h>

#include "base/bytes.h"
#include "base/mem.h"

#define SECTOR_MIN 512u
#define SECTOR_MAX 4096u

#define ARRAY_BYTES_MAX (1u << 20) /* of all entries of a GPT */
#define ENTRY_SIZE_MIN  128u
#define LOGICAL_MAX     60 /* partitions in one chain */

struct mbr_entry {
	uint8_t status;
	uint8_t first_chs[3];
	uint8_t type;
	uint8_t last_chs[3];
	le32 first_lba;
	le32 sectors;
};

struct mbr {
	uint8_t code[446];
	struct mbr_entry entries[4];
	le16 signature;
};

#define MBR_SIGNATURE  0xaa55
#define MBR_PROTECTIVE 0xee /* the partitions are in a GPT, which follows */

struct gpt_header {
	char signature[8];
	le32 revision;
	le32 header_size;
	le32 header_crc32;
	le32 reserved;
	le64 my_lba;
	le64 alternate_lba;
	le64 first_usable_lba;
	le64 last_usable_lba;
	uint8_t disk_guid[16];
	le64 partition_entry_lba;
	le32 number_of_entries;
	le32 size_of_entry;
	le32 array_crc32;
};

struct gpt_entry {
	uint8_t type_guid[16];
	uint8_t unique_guid[16];
	le64 starting_lba;
	le64 ending_lba;
};

_Static_assert(sizeof(struct mbr) == 512, "MBR");
_Static_assert(offsetof(struct mbr, entries) == 0x1be, "MBR entries");
_Static_assert(sizeof(struct gpt_header) == 92, "GPT header");
_Static_assert(offsetof(struct gpt_header, partition_entry_lba) == 72, "partition_entry_lba");
_Static_assert(offsetof(struct gpt_entry, ending_lba) == 40, "ending_lba");

/* The partitions found so far. */
struct table {
	struct block *disk;
	struct partition *list;
	unsigned count;
	uint32_t sector; /* bytes of one, as the table counts */
};

static enum status window_read(struct block *b, uint64_t offset, void *to, size_t bytes)
{
	struct partition *p = (struct partition *)b;

	return block_read(p->disk, p->start + offset, to, bytes);
}

/* Adds the partition of SECTORS sectors from FIRST on. */
static void add(struct table *t, unsigned number, uint64_t first, uint64_t sectors)
{
	uint64_t all = t->disk->size / t->sector;

	if (first == 0 || sectors == 0 || first >= all || sectors > all - first) {
		note(t->disk->report, "%.*s: partition %u does not lie on the disk and is left out",
		     STR_ARG(t->disk->name), number);
		return;
	}
	if (t->count == PARTITIONS_MAX) {
		note(t->disk->report, "%.*s: partition %u is left out: at most %d are read",
		     STR_ARG(t->disk->name), number, PARTITIONS_MAX);
		return;
	}
	t->list[t->count++] = (struct partition){
		.block = {.read = window_read,
			  .size = sectors * t->sector,
			  .report = t->disk->report},
		.disk = t->disk,
		.start = first * t->sector,
		.number = number,
	};
}

/* CRC32 (reflected 0x04c11db7) continued from SEED, without the inversion at either end. */
static uint32_t crc32(uint32_t seed, const uint8_t *p, size_t n)
{
	for (; n > 0; n--, p++) {
		seed ^= *p;
		for (int bit = 0; bit < 8; bit++)
			seed = seed >> 1 ^ (seed & 1 ? 0xedb88320 : 0);
	}
	return seed;
}

/* True when the header from LBA has a right checksum, names LBA itself, and is within bounds. */
static bool header_good(const uint8_t *bytes, uint64_t lba)
{
	const struct gpt_header *h = (const struct gpt_header *)bytes;
	const size_t at = offsetof(struct gpt_header, header_crc32), after = at + sizeof(le32);
	uint32_t size = get_le32(h->header_size), entry = get_le32(h->size_of_entry), crc;

	if (memcmp(h->signature, "EFI PART", sizeof(h->signature)) != 0 || size < sizeof(*h) ||
	    size > SECTOR_MIN)
		return false;
	crc = crc32(~0u, bytes, at);
	crc = crc32(crc, (const uint8_t[4]){0}, sizeof(le32));
	crc = ~crc32(crc, bytes + after, size - after);
	return crc == get_le32(h->header_crc32) && get_le64(h->my_lba) == lba &&
	       entry >= ENTRY_SIZE_MIN && entry <= SECTOR_MAX && (entry & (entry - 1)) == 0 &&
	       get_le32(h->number_of_entries) <= ARRAY_BYTES_MAX / entry;
}

static void add_entries(struct table *t, const uint8_t *bytes, size_t n, size_t size,
			unsigned number)
{
	static const uint8_t unused[16];

	for (size_t at = 0; at < n; at += size, number++) {
		const struct gpt_entry *e = (const struct gpt_entry *)(bytes + at);
		uint64_t first = get_le64(e->starting_lba), last = get_le64(e->ending_lba);

		if (memcmp(e->type_guid, unused, sizeof(unused)) != 0)
			add(t, number, first, last < first ? 0 : last - first + 1);
	}
}

/* Reads the table whose header is at LBA. *GOOD: it is one, and its checksums are right. */
static enum status gpt_read(struct table *t, uint64_t lba, bool *good)
{
	uint8_t sector[SECTOR_MIN] = {0}, buf[SECTOR_MAX];
	const struct gpt_header *h = (const struct gpt_header *)sector;
	size_t mark = report_mark(t->disk->report);
	uint64_t at, left, size;
	uint32_t crc = ~0u;
	enum status status = block_read(t->disk, lba * t->sector, sector, sizeof(sector));

	*good = false;
	if (status != OK || !header_good(sector, lba))
		return status;
	size = get_le32(h->size_of_entry);
	left = size * get_le32(h->number_of_entries);
	at = get_le64(h->partition_entry_lba);
	if (at > t->disk->size / t->sector || left > t->disk->size - at * t->sector)
		return OK;
	at *= t->sector;
	for (unsigned number = 1; left > 0 && status == OK;) {
		size_t n = left < sizeof(buf) ? (size_t)left : sizeof(buf);

		status = block_read(t->disk, at, buf, n);
		if (status != OK)
			return status;
		crc = crc32(crc, buf, n);
		add_entries(t, buf, n, size, number);
		number += (unsigned)(n / size);
		at += n;
		left -= n;
	}
	*good = ~crc == get_le32(h->array_crc32);
	if (!*good) {
		report_rewind(t->disk->report, mark);
		t->count = 0;
	}
	return status;
}

/* Tries the table at the start of the disk, then its copy at the end, each with both sizes of
 * sector. */
static enum status gpt(struct table *t)
{
	bool good = false;

	for (unsigned copy = 0; copy < 2; copy++) {
		for (t->sector = SECTOR_MIN; t->sector <= SECTOR_MAX; t->sector *= 8) {
			uint64_t all = t->disk->size / t->sector;
			enum status status;

			if (all < 3)
				continue;
			status = gpt_read(t, copy == 0 ? 1 : all - 1, &good);
			if (status != OK)
				return status;
			if (good && copy == 1)
				note(t->disk->report,
				     "%.*s: its GPT is damaged, so the copy at its end is used; "
				     "repair it with 'sfdisk' or 'gdisk'",
				     STR_ARG(t->disk->name));
			if (good)
				return OK;
		}
	}
	return fail(t->disk->report, E_CORRUPT,
		    "%.*s: its GPT is damaged, and so is the copy at its end",
		    STR_ARG(t->disk->name));
}

static bool is_extended(const struct mbr_entry *e)
{
	return e->type == 0x05 || e->type == 0x0f || e->type == 0x85;
}

/* Walks the chain of logical partitions: each table names one partition, counted from itself, and
 * the next table, counted from the extended partition's start. */
static enum status logical(struct table *t, uint64_t base, uint64_t sectors)
{
	uint64_t seen[LOGICAL_MAX] = {0}, at = 0;
	unsigned number = 5; /* Linux does not count a table without a partition */

	for (unsigned n = 0; n < LOGICAL_MAX; n++) {
		const struct mbr_entry *e;
		struct mbr mbr;
		enum status status;

		for (unsigned i = 0; i < n; i++) {
			if (seen[i] == at) {
				note(t->disk->report, "%.*s: its logical partitions form a circle",
				     STR_ARG(t->disk->name));
				return OK;
			}
		}
		seen[n] = at;
		status = block_read(t->disk, (base + at) * t->sector, &mbr, sizeof(mbr));
		if (status != OK)
			return status == E_CORRUPT ? OK : status; /* outside the disk: reported */
		if (get_le16(mbr.signature) != MBR_SIGNATURE) {
			note(t->disk->report, "%.*s: the table of logical partition %u is damaged",
			     STR_ARG(t->disk->name), number);
			return OK;
		}
		e = mbr.entries;
		if (e->type != 0)
			add(t, number++, base + at + get_le32(e->first_lba), get_le32(e->sectors));
		at = get_le32(e[1].first_lba);
		if (!is_extended(&e[1]) || at == 0 || at >= sectors)
			return OK;
	}
	note(t->disk->report, "%.*s: more than %d logical partitions: the rest is left out",
	     STR_ARG(t->disk->name), LOGICAL_MAX);
	return OK;
}

static enum status mbr_partitions(struct table *t, const struct mbr *mbr)
{
	const struct mbr_entry *extended = NULL;

	for (unsigned i = 0; i < 4; i++) {
		const struct mbr_entry *e = &mbr->entries[i];

		if (is_extended(e) && extended == NULL)
			extended = e;
		else if (e->type != 0)
			add(t, i + 1, get_le32(e->first_lba), get_le32(e->sectors));
	}
	if (extended == NULL)
		return OK;
	return logical(t, get_le32(extended->first_lba), get_le32(extended->sectors));
}

enum status partitions_read(struct block *disk, struct partition *list, unsigned *count)
{
	struct table t = {.disk = disk, .list = list, .sector = SECTOR_MIN};
	bool protective = false;
	struct mbr mbr;
	enum status status;

	if (disk->size < sizeof(mbr))
		return E_NOT_FOUND;
	status = block_read(disk, 0, &mbr, sizeof(mbr));
	if (status != OK)
		return status;
	if (get_le16(mbr.signature) != MBR_SIGNATURE)
		return E_NOT_FOUND;
	for (unsigned i = 0; i < 4; i++) {
		/* The boot sector of a file system has program code here. */
		if ((mbr.entries[i].status & 0x7f) != 0)
			return E_NOT_FOUND;
		protective |= mbr.entries[i].type == MBR_PROTECTIVE;
	}
	status = protective ? gpt(&t) : mbr_partitions(&t, &mbr);
	if (status != OK)
		return status;
	if (t.count == 0)
		return E_NOT_FOUND;
	*count = t.count;
	return OK;
}
