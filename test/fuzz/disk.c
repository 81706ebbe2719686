/* The valid file systems that fuzzing starts from, and the checksums that make a lie credible.
 *
 * Written against the format and not against fs/, so that the two check each other. What is known
 * of a disk is what mke2fs wrote: it is trusted. */
#include "test/fuzz/disk.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc.h"
#include "fs/ext/format.h"
#include "fs/inodes.h"

#define SUPER       1024
#define JOURNAL_INO 8

struct fuzz_disk fuzz_disks[DISKS_MOST];
unsigned fuzz_disks_count;

static const uint8_t zeros[4];

#define FIELD(p, type, field) \
	get_number((p) + offsetof(struct type, field), sizeof(((struct type *)0)->field))
#define PLACE(p, type, field) ((p) + offsetof(struct type, field))

static enum status disk_read(struct block *b, uint64_t offset, void *to, size_t bytes)
{
	fuzz_request();
	memcpy(to, ((struct fuzz_disk *)b)->bytes + offset, bytes);
	return OK;
}

static uint8_t *group_desc(struct fuzz_disk *d, uint32_t group)
{
	return d->bytes + (size_t)(d->first_block + 1) * d->block_size +
	       (size_t)group * d->desc_size;
}

uint8_t *fuzz_inode(struct fuzz_disk *d, uint32_t number)
{
	/* From the clean copy: the table has not moved, whatever the descriptor says by now. */
	const uint8_t *desc =
		d->clean + (group_desc(d, (number - 1) / d->inodes_per_group) - d->bytes);
	size_t table = (size_t)FIELD(desc, ext4_group_desc, bg_inode_table_lo) * d->block_size;

	return d->bytes + table + (size_t)((number - 1) % d->inodes_per_group) * d->inode_size;
}

static void piece_add(struct fuzz_disk *d, struct piece p)
{
	if (d->count == PIECES_MOST)
		fuzz_stop("an image has too many pieces");
	d->pieces[d->count++] = p;
}

static bool is_dir(const uint8_t *inode)
{
	return inodes_type((uint16_t)FIELD(inode, ext4_inode, i_mode)) == FILE_DIRECTORY;
}

/* The blocks of the tree below NODE, a header with its records. */
static void add_extents(struct fuzz_disk *d, uint32_t number, const uint8_t *node, bool dir)
{
	unsigned n = (unsigned)FIELD(node, ext4_extent_header, eh_entries);
	bool leaf = FIELD(node, ext4_extent_header, eh_depth) == 0;

	for (unsigned i = 0; i < n; i++) {
		const uint8_t *e = node + 12 + 12 * i;
		uint32_t at = (uint32_t)FIELD(e, ext4_extent, ee_block);

		if (!leaf) {
			uint32_t block = (uint32_t)FIELD(e, ext4_extent_idx, ei_leaf_lo);

			piece_add(d, (struct piece){PIECE_EXTENTS, number, block, 0, false});
			add_extents(d, number, d->clean + (size_t)block * d->block_size, dir);
		}
		for (uint32_t k = 0; leaf && dir && k < FIELD(e, ext4_extent, ee_len); k++)
			piece_add(d,
				  (struct piece){PIECE_DIR, number,
						 (uint32_t)FIELD(e, ext4_extent, ee_start_lo) + k,
						 at + k, false});
	}
}

static void add_inode(struct fuzz_disk *d, uint32_t number)
{
	const uint8_t *inode = fuzz_inode(d, number), *root = PLACE(inode, ext4_inode, i_block);
	uint32_t flags = (uint32_t)FIELD(inode, ext4_inode, i_flags);

	if (FIELD(inode, ext4_inode, i_mode) == 0)
		return;
	/* The empty files are all alike. */
	if (FIELD(inode, ext4_inode, i_size_lo) == 0 && number % 16 != 0)
		return;
	piece_add(d, (struct piece){PIECE_INODE, number, 0, 0, false});
	if (flags & EXT4_EXTENTS_FL)
		add_extents(d, number, root, is_dir(inode));
	for (unsigned i = 0; is_dir(inode) && i < EXT4_NDIR_BLOCKS &&
			     !(flags & (EXT4_EXTENTS_FL | EXT4_INLINE_DATA_FL));
	     i++) {
		uint32_t block = (uint32_t)get_number(root + 4 * i, 4);

		if (block != 0)
			piece_add(d, (struct piece){PIECE_DIR, number, block, i, false});
	}
}

static void inspect(struct fuzz_disk *d)
{
	const uint8_t *s = d->clean + SUPER;
	uint32_t wide = FIELD(s, ext4_super_block, s_feature_incompat) & EXT4_INCOMPAT_64BIT;
	uint32_t blocks = (uint32_t)FIELD(s, ext4_super_block, s_blocks_count_lo);

	d->block_size = 1024u << FIELD(s, ext4_super_block, s_log_block_size);
	d->inode_size = (uint32_t)FIELD(s, ext4_super_block, s_inode_size);
	d->desc_size = wide ? (uint32_t)FIELD(s, ext4_super_block, s_desc_size) : 32;
	d->inodes_per_group = (uint32_t)FIELD(s, ext4_super_block, s_inodes_per_group);
	d->first_block = (uint32_t)FIELD(s, ext4_super_block, s_first_data_block);
	d->groups = (blocks - d->first_block - 1) /
			    (uint32_t)FIELD(s, ext4_super_block, s_blocks_per_group) +
		    1;
	piece_add(d, (struct piece){.kind = PIECE_SUPER});
	for (uint32_t g = 0; g < d->groups; g++)
		piece_add(d, (struct piece){.kind = PIECE_GROUP, .number = g});
	for (uint32_t n = 2; n <= FIELD(s, ext4_super_block, s_inodes_count); n++)
		add_inode(d, n);
}

static void load(struct fuzz_disk *d, const char *name)
{
	d->clean = fuzz_load(name, &d->size);
	d->bytes = malloc(d->size);
	if (d->bytes == NULL)
		fuzz_stop("no memory");
	fuzz_disk_reset(d);
	inspect(d);
	/* mke2fs knows best what the checksums are: sealing must change nothing. */
	d->pieces[0].touched = true;
	fuzz_disk_seal(d);
	if (memcmp(d->clean, d->bytes, d->size) != 0)
		fuzz_stop(name);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

void fuzz_disks_load(const char *prefix)
{
	const char *folder = getenv("FUZZ_IMAGES") ? getenv("FUZZ_IMAGES") : "build/fuzz/images";
	struct dirent **names;
	int n = scandir(folder, &names, NULL, by_name);
	char path[4096];

	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;

		/* The corpora choose a disk by its number: those of fuzz_fast.c and of
		 * fuzz_changing.c count by themselves. */
		bool other = prefix[0] == '\0' &&
			     (strncmp(name, "fast", 4) == 0 || strncmp(name, "menu", 4) == 0);

		if (strstr(name, ".img") != NULL && !other &&
		    strncmp(name, prefix, strlen(prefix)) == 0 && fuzz_disks_count < DISKS_MOST) {
			snprintf(path, sizeof(path), "%s/%s", folder, name);
			load(&fuzz_disks[fuzz_disks_count++], path);
		}
		free(names[i]);
	}
	if (n <= 0 || fuzz_disks_count == 0)
		fuzz_stop("no images: FUZZ_IMAGES must name the directory that test/fuzz/images "
			  "filled");
	free(names);
}

void fuzz_disk_reset(struct fuzz_disk *d)
{
	memcpy(d->bytes, d->clean, d->size);
	d->report = (struct report){0};
	d->block = (struct block){disk_read, d->size, S("disk"), &d->report, 0};
	for (unsigned i = 0; i < d->count; i++)
		d->pieces[i].touched = false;
}

uint8_t *piece_bytes(struct fuzz_disk *d, const struct piece *p, size_t *n)
{
	switch (p->kind) {
	case PIECE_SUPER:
		*n = EXT4_SUPER_SIZE;
		return d->bytes + SUPER;
	case PIECE_GROUP:
		*n = d->desc_size;
		return group_desc(d, p->number);
	case PIECE_INODE:
		*n = d->inode_size;
		return fuzz_inode(d, p->number);
	default:
		*n = d->block_size;
		return d->bytes + (size_t)p->block * d->block_size;
	}
}

static bool has(const struct fuzz_disk *d, uint32_t ro_compat)
{
	return FIELD(d->bytes + SUPER, ext4_super_block, s_feature_ro_compat) & ro_compat;
}

static uint32_t crc_number(uint32_t seed, uint32_t n)
{
	uint8_t bytes[4];

	put_le32(bytes, n);
	return crc32c(seed, bytes, sizeof(bytes));
}

static uint32_t disk_seed(const struct fuzz_disk *d)
{
	const uint8_t *s = d->bytes + SUPER;

	if (FIELD(s, ext4_super_block, s_feature_incompat) & EXT4_INCOMPAT_CSUM_SEED)
		return (uint32_t)FIELD(s, ext4_super_block, s_checksum_seed);
	return crc32c(~0u, PLACE(s, ext4_super_block, s_uuid), 16);
}

static uint32_t inode_seed(struct fuzz_disk *d, uint32_t number)
{
	return crc32c(crc_number(disk_seed(d), number),
		      PLACE(fuzz_inode(d, number), ext4_inode, i_generation), 4);
}

static void seal_group(struct fuzz_disk *d, uint32_t group, uint8_t *desc)
{
	uint8_t *place = PLACE(desc, ext4_group_desc, bg_checksum);
	uint32_t size = d->desc_size, at = (uint32_t)(place - desc);

	put_le16(place, 0);
	if (has(d, EXT4_RO_COMPAT_METADATA_CSUM)) {
		put_le16(place, crc32c(crc_number(disk_seed(d), group), desc, size) & 0xffff);
	} else if (has(d, EXT4_RO_COMPAT_GDT_CSUM)) {
		uint8_t number[4];
		uint16_t crc = crc16(0xffff, PLACE(d->bytes + SUPER, ext4_super_block, s_uuid), 16);

		put_le32(number, group);
		crc = crc16(crc16(crc, number, 4), desc, at);
		put_le16(place, crc16(crc, desc + at + 2, size - at - 2));
	}
}

static void seal_inode(struct fuzz_disk *d, uint32_t number, uint8_t *inode)
{
	uint8_t *low = PLACE(inode, ext4_inode, i_checksum_lo);
	uint8_t *high = PLACE(inode, ext4_inode, i_checksum_hi);
	bool both = d->inode_size > EXT4_GOOD_OLD_INODE_SIZE &&
		    FIELD(inode, ext4_inode, i_extra_isize) >= 4;
	uint32_t crc;

	put_le16(low, 0);
	if (both)
		put_le16(high, 0);
	crc = crc32c(inode_seed(d, number), inode, d->inode_size);
	put_le16(low, crc & 0xffff);
	if (both)
		put_le16(high, crc >> 16);
}

static void seal_extents(struct fuzz_disk *d, uint32_t number, uint8_t *node)
{
	size_t at = 12 + 12 * (size_t)FIELD(node, ext4_extent_header, eh_max);

	if (at + 4 <= d->block_size)
		put_le32(node + at, crc32c(inode_seed(d, number), node, at));
}

static void seal_dir(struct fuzz_disk *d, const struct piece *p, uint8_t *block)
{
	uint32_t flags = (uint32_t)FIELD(fuzz_inode(d, p->number), ext4_inode, i_flags), crc;
	bool fake = get_number(block, 4) == 0 && get_number(block + 4, 2) == d->block_size;
	size_t at = p->at == 0 ? DX_ROOT_COUNT : DX_NODE_COUNT, limit, used;

	if (!(flags & EXT4_INDEX_FL) || (p->at != 0 && !fake)) {
		at = d->block_size - sizeof(struct ext4_dir_entry_tail);
		put_le32(PLACE(block + at, ext4_dir_entry_tail, det_checksum),
			 crc32c(inode_seed(d, p->number), block, at));
		return;
	}
	limit = at + sizeof(struct dx_entry) * (size_t)FIELD(block + at, dx_countlimit, limit);
	used = at + sizeof(struct dx_entry) * (size_t)FIELD(block + at, dx_countlimit, count);
	if (limit + sizeof(struct dx_tail) > d->block_size || used > limit)
		return;
	crc = crc32c(inode_seed(d, p->number), block, used);
	crc = crc32c(crc32c(crc, block + limit, 4), zeros, 4);
	put_le32(block + limit + 4, crc);
}

static void seal(struct fuzz_disk *d, const struct piece *p)
{
	size_t n;
	uint8_t *bytes = piece_bytes(d, p, &n);

	if (p->kind == PIECE_GROUP)
		seal_group(d, p->number, bytes);
	if (!has(d, EXT4_RO_COMPAT_METADATA_CSUM))
		return;
	if (p->kind == PIECE_SUPER)
		put_le32(PLACE(bytes, ext4_super_block, s_checksum),
			 crc32c(~0u, bytes, offsetof(struct ext4_super_block, s_checksum)));
	else if (p->kind == PIECE_INODE)
		seal_inode(d, p->number, bytes);
	else if (p->kind == PIECE_EXTENTS)
		seal_extents(d, p->number, bytes);
	else if (p->kind == PIECE_DIR)
		seal_dir(d, p, bytes);
}

void fuzz_disk_seal(struct fuzz_disk *d)
{
	bool all = d->pieces[0].touched, inode = false;

	/* The pieces of an inode follow it, and its generation is in their checksums. */
	for (unsigned i = 0; i < d->count; i++) {
		struct piece *p = &d->pieces[i];

		if (p->kind == PIECE_INODE)
			inode = p->touched;
		if (all || p->touched || (p->kind > PIECE_INODE && inode))
			seal(d, p);
	}
}

/* The blocks of a journal while they are looked for. */
struct search {
	const struct fuzz_disk *d;
	uint32_t *home;
	uint32_t found, count;
};

static void add_run(struct search *s, uint64_t block, uint64_t count)
{
	for (; count > 0 && s->found < s->count; count--)
		s->home[s->found++] = (uint32_t)block++;
}

static void add_tree(struct search *s, uint64_t block, unsigned depth)
{
	const uint8_t *p = s->d->clean + block * s->d->block_size;

	if (depth == 0)
		add_run(s, block, 1);
	for (uint32_t i = 0; depth > 0 && i < s->d->block_size / 4 && s->found < s->count; i++)
		add_tree(s, get_number(p + 4 * i, 4), depth - 1);
}

/* They lie in the extents of the inode, or in the old way. */
void fuzz_journal_blocks(struct fuzz_disk *d, uint32_t *home, uint32_t count)
{
	const uint8_t *i_block = PLACE(fuzz_inode(d, JOURNAL_INO), ext4_inode, i_block);
	bool extents = get_number(i_block, 2) == EXT4_EXT_MAGIC;
	struct search s = {.d = d, .home = home, .count = count};

	for (unsigned i = 1; extents && i <= get_number(i_block + 2, 2); i++)
		add_run(&s, get_number(i_block + 12 * i + 8, 4),
			get_number(i_block + 12 * i + 4, 2));
	for (unsigned i = 0; !extents && i < 14; i++)
		add_tree(&s, get_number(i_block + 4 * i, 4), i < 12 ? 0 : i - 11);
	if (s.found != count)
		fuzz_stop("a journal is not as test/fuzz/images made it");
}
