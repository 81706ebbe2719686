/* The copies of the superblock: where mke2fs puts them, and which of them is used. */
#include "fs/ext/super.h"

#define BLOCK_BITS_MIN 10
#define BLOCK_BITS_MAX 16

/* mke2fs makes groups of as many blocks as one block has bits, but no more than this. */
#define BLOCKS_PER_GROUP_MAX 65528u

/* The groups that are tried, in this order. Without sparse_super every group has a copy; with it
 * group 1 and those whose number is a power of 3, 5 or 7; with sparse_super2 group 1 and the last
 * one. With clusters (bigalloc) a group may exceed BLOCKS_PER_GROUP_MAX. */
static const struct place {
	uint8_t group; /* 0: the last one */
	bool clusters; /* the limit does not count */
} places[] = {{1, false}, {1, true}, {3, false}, {5, false}, {7, false}, {0, false}};

#define PLACES (sizeof(places) / sizeof(*places))

/* The byte where the copy begins on a disk of DISK bytes, when blocks have 1 << BITS bytes; 0 when
 * there is no such group. */
static uint64_t copy_at(const struct place *p, unsigned bits, uint64_t disk)
{
	uint64_t first = bits == BLOCK_BITS_MIN, per_group = (uint64_t)8 << bits, group = p->group;

	if (per_group > BLOCKS_PER_GROUP_MAX && !p->clusters)
		per_group = BLOCKS_PER_GROUP_MAX;
	if (group == 0)
		group = ((disk >> bits) - 1 - first) / per_group;
	return group == 0 ? 0 : (first + group * per_group) << bits;
}

enum status ext_backup_find(struct ext *fs, enum effort effort)
{
	bool damaged = effort == EFFORT_DAMAGED;
	size_t mark = report_mark(fs->base.vol.report), count = damaged ? PLACES : 1;
	uint64_t size = fs->base.disk->size;

	if (size < (uint64_t)8 << BLOCK_BITS_MAX)
		return E_NOT_FOUND;
	/* If the first superblock is good, something else is damaged, and no copy helps. */
	if (damaged && ext_super_read(fs) == OK)
		return E_NOT_FOUND;
	report_rewind(fs->base.vol.report, mark);
	for (size_t i = 0; i < count; i++) {
		for (unsigned bits = BLOCK_BITS_MIN; bits <= BLOCK_BITS_MAX; bits++) {
			fs->super_at = copy_at(&places[i], bits, size);
			if (fs->super_at == 0 || fs->super_at + EXT4_SUPER_SIZE > size)
				continue;
			if (ext_super_read(fs) == OK)
				return OK;
			report_rewind(fs->base.vol.report, mark);
		}
	}
	return E_NOT_FOUND;
}
