/* The valid XFS file systems that fuzzing starts from, and the checksums that make a lie credible.
 *
 * Written against the format and not against fs/, so that the two check each other: nearly all
 * metadata begins with a magic number, by which it is found. What Linux and xfsprogs wrote is
 * trusted: sealing it must change nothing. */
#include "test/fuzz/xfs_disk.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc.h"
#include "fs/xfs/format.h"

#define SECTOR    512u
#define HEAD_PART 32768u /* bytes of a record's body for each sector of its head */
#define HEAD_SUM  328u   /* bytes of its first sector that are in its checksum */
#define EXT_SUM   260u   /* and of each further one */

struct xfs_disk xfs_disks[XFS_DISKS_MOST];
unsigned xfs_disks_count;

static enum status disk_read(struct block *b, uint64_t offset, void *to, size_t bytes)
{
	fuzz_request();
	memcpy(to, ((struct xfs_disk *)b)->bytes + offset, bytes);
	return OK;
}

#define SUPER_FIELD(d, name) \
	get_big((d)->bytes + offsetof(struct xfs_dsb, name), sizeof(((struct xfs_dsb *)0)->name))

uint64_t xfs_block_number(const struct xfs_disk *d, const struct xfs_piece *p)
{
	uint64_t block = p->at / d->block_size;

	return block / d->group_blocks << d->group_bits | block % d->group_blocks;
}

uint64_t xfs_inode_number(const struct xfs_disk *d, const struct xfs_piece *p)
{
	uint64_t in_block = d->block_size / d->inode_size;

	return xfs_block_number(d, p) * in_block + p->at / d->inode_size % in_block;
}

size_t xfs_record_head(const uint8_t *record, size_t n)
{
	size_t size = (size_t)get_big(record + offsetof(struct xlog_rec_header, h_size), 4);
	bool version_1 = get_big(record + offsetof(struct xlog_rec_header, h_version), 4) == 1;
	size_t head = version_1 || size <= HEAD_PART ? SECTOR
						     : (size + HEAD_PART - 1) / HEAD_PART * SECTOR;

	return head < n ? head : n;
}

/* Where the head of RECORD keeps the first word of its body's sector I. */
static uint8_t *kept_word(uint8_t *record, size_t i)
{
	return i < 64 ? record + offsetof(struct xlog_rec_header, h_cycle_data) + 4 * i
		      : record + i / 64 * SECTOR + 4 + 4 * (i % 64);
}

/* Puts the words that the head keeps back into the body; or keeps them, and stamps the cycle. */
static void stamp(uint8_t *record, size_t n, bool on)
{
	size_t head = xfs_record_head(record, n);

	for (size_t i = 0; head + i * SECTOR < n && i / 64 < head / SECTOR; i++) {
		uint8_t *word = record + head + i * SECTOR;

		if (on)
			memcpy(kept_word(record, i), word, 4);
		memcpy(word,
		       on ? record + offsetof(struct xlog_rec_header, h_cycle)
			  : kept_word(record, i),
		       4);
	}
}

/* A record that mkfs.xfs wrote has no checksum. */
static void seal_record(uint8_t *record, size_t n)
{
	uint8_t *sum = record + offsetof(struct xlog_rec_header, h_crc);
	size_t head = xfs_record_head(record, n);
	uint32_t crc;

	if (get_number(sum, 4) == 0)
		return;
	put_le32(sum, 0);
	crc = crc32c(~0u, record, HEAD_SUM);
	for (size_t at = SECTOR; at < head && at / SECTOR * HEAD_PART < n - head; at += SECTOR)
		crc = crc32c(crc, record + at, EXT_SUM);
	put_le32(sum, ~crc32c(crc, record + head, n - head));
}

static void seal(const struct xfs_disk *d, const struct xfs_piece *p)
{
	static const size_t places[] = {
		[XFS_SUPER] = offsetof(struct xfs_dsb, sb_crc),
		[XFS_INODE] = offsetof(struct xfs_dinode, di_crc),
		[XFS_TREE] = offsetof(struct xfs_bmbt_block, bb_crc),
		[XFS_DIR] = offsetof(struct xfs_dir3_data_hdr, crc),
		[XFS_LINK] = offsetof(struct xfs_dsymlink_hdr, sl_crc),
	};
	uint8_t *bytes = d->bytes + p->at;

	if (p->kind == XFS_RECORD) {
		stamp(bytes, p->n, true);
		seal_record(bytes, p->n);
	} else if (d->version_5) {
		put_le32(bytes + places[p->kind], 0);
		put_le32(bytes + places[p->kind], ~crc32c(~0u, bytes, p->n));
	}
}

uint8_t *xfs_touch(struct xfs_disk *d, struct xfs_piece *p)
{
	uint8_t *bytes = d->bytes + p->at;

	if (p->before != NULL)
		return bytes;
	p->before = malloc(p->n);
	if (p->before == NULL)
		fuzz_stop("no memory");
	memcpy(p->before, bytes, p->n);
	if (p->kind == XFS_RECORD)
		stamp(bytes, p->n, false);
	return bytes;
}

void xfs_disk_seal(struct xfs_disk *d)
{
	for (unsigned i = 0; i < d->count; i++) {
		if (d->pieces[i].before != NULL)
			seal(d, &d->pieces[i]);
	}
}

void xfs_disk_reset(struct xfs_disk *d)
{
	for (unsigned i = 0; i < d->count; i++) {
		struct xfs_piece *p = &d->pieces[i];

		if (p->before == NULL)
			continue;
		memcpy(d->bytes + p->at, p->before, p->n);
		free(p->before);
		p->before = NULL;
	}
	d->report = (struct report){0};
	d->block = (struct block){disk_read, d->size, S("disk"), &d->report, 0};
}

static void add(struct xfs_disk *d, enum xfs_kind kind, size_t at, size_t n)
{
	if (d->count == XFS_PIECES_MOST || at + n > d->size)
		fuzz_stop("an image has too many pieces");
	d->pieces[d->count++] = (struct xfs_piece){kind, at, n, NULL};
}

/* A record that the log's end does not cut, and that is not only there to fill the log. */
static void add_record(struct xfs_disk *d, size_t at)
{
	const uint8_t *p = d->bytes + at;
	size_t left = d->log_end - at;
	size_t head = xfs_record_head(p, left);
	size_t body = (size_t)get_big(p + offsetof(struct xlog_rec_header, h_len), 4);

	if (body > 0 && body <= left - head)
		add(d, XFS_RECORD, at, head + body);
}

static void add_block(struct xfs_disk *d, size_t at)
{
	switch (get_big(d->bytes + at, 4)) {
	case XFS_BMAP_MAGIC:
	case XFS_BMAP_CRC_MAGIC:
		add(d, XFS_TREE, at, d->block_size);
		break;
	case XFS_DIR2_BLOCK_MAGIC:
	case XFS_DIR2_DATA_MAGIC:
	case XFS_DIR3_BLOCK_MAGIC:
	case XFS_DIR3_DATA_MAGIC:
		add(d, XFS_DIR, at, d->dir_size);
		break;
	case XFS_SYMLINK_MAGIC:
		add(d, XFS_LINK, at, d->block_size);
		break;
	}
}

static bool is_inode(const uint8_t *p)
{
	return get_big(p, 2) == XFS_DINODE_MAGIC && get_big(p + 2, 2) != 0;
}

static void inspect(struct xfs_disk *d)
{
	uint64_t log = SUPER_FIELD(d, sb_logstart);

	d->block_size = (uint32_t)SUPER_FIELD(d, sb_blocksize);
	d->dir_size = d->block_size << SUPER_FIELD(d, sb_dirblklog);
	d->inode_size = (uint32_t)SUPER_FIELD(d, sb_inodesize);
	d->sector_size = (uint32_t)SUPER_FIELD(d, sb_sectsize);
	d->group_blocks = (uint32_t)SUPER_FIELD(d, sb_agblocks);
	d->group_bits = (uint32_t)SUPER_FIELD(d, sb_agblklog);
	d->version_5 = (SUPER_FIELD(d, sb_versionnum) & XFS_SB_VERSION_NUMBITS) == 5;
	d->log = (size_t)((log >> d->group_bits) * d->group_blocks +
			  (log & ((1u << d->group_bits) - 1))) *
		 d->block_size;
	d->log_end = d->log + (size_t)SUPER_FIELD(d, sb_logblocks) * d->block_size;
	add(d, XFS_SUPER, 0, d->sector_size);
	for (size_t at = SECTOR; at<d->size; at += d->inode_size> SECTOR ? SECTOR : 256) {
		if (at >= d->log && at < d->log_end) {
			if (at % SECTOR == 0 && get_big(d->bytes + at, 4) == XLOG_HEADER_MAGIC_NUM)
				add_record(d, at);
			continue;
		}
		if (at % d->block_size == 0)
			add_block(d, at);
		if (at % d->inode_size == 0 && is_inode(d->bytes + at))
			add(d, XFS_INODE, at, d->inode_size);
	}
}

/* Xfsprogs and Linux know best what the checksums are. */
static void check_seals(struct xfs_disk *d, const char *name)
{
	for (unsigned i = 0; i < d->count; i++) {
		struct xfs_piece *p = &d->pieces[i];

		xfs_touch(d, p);
		seal(d, p);
		if (memcmp(p->before, d->bytes + p->at, p->n) != 0)
			fuzz_stop(name);
	}
	xfs_disk_reset(d);
}

static void load(struct xfs_disk *d, const char *name)
{
	d->bytes = fuzz_load(name, &d->size);
	inspect(d);
	check_seals(d, name);
}

void xfs_disks_load(const char *folder)
{
	const char *images = getenv("FUZZ_IMAGES") ? getenv("FUZZ_IMAGES") : "build/fuzz/images";
	struct dirent **names;
	char path[4096];
	int n;

	snprintf(path, sizeof(path), "%s/%s", images, folder);
	n = scandir(path, &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.' && xfs_disks_count < XFS_DISKS_MOST) {
			snprintf(path, sizeof(path), "%s/%s/%s", images, folder, names[i]->d_name);
			load(&xfs_disks[xfs_disks_count++], path);
		}
		free(names[i]);
	}
	if (n <= 0 || xfs_disks_count == 0)
		fuzz_stop("no images: FUZZ_IMAGES must name the directory that test/fuzz/images "
			  "filled");
	free(names);
}
