/* fs/ and config/: what a disk that was made to waste time or memory gets of them. */
#include <stdlib.h>

#include "base/arena.h"
#include "config/config.h"
#include "fs/ext/block.h"
#include "fs/ext/journal/format.h"
#include "fs/filesystems.h"
#include "test/unit/disk.h"
#include "test/unit/fake_volume.h"
#include "test/unit/memory.h"
#include "test/unit/test.h"

#define K   1024u
#define MIB (1u << 20)

/* docs/filesystems.md, "Limits". */
#define REQUESTS_MOST (COST_MAX / COST_REQUEST)
#define JOURNAL_MOST  (64u << 20)
#define CONFIG_MOST   (8u << 20)

/* A disk of 1 TiB: a small one, and behind it blocks that are made when they are read. */
struct big {
	struct block block; /* first: it is our handle */
	struct memory_disk *small;
	void (*make)(uint32_t number, uint8_t *to); /* TO is K zeros */
};

/* Where the blocks that are made lie: nodes of each level of a tree, data, log. */
#define NODES(level) ((1u << 20) * (1 + (level)))
#define DATA         (1u << 25)
#define LOG          (1u << 26)

static void put(uint8_t *p, size_t bytes, uint64_t v)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void put_be32(uint8_t *p, uint32_t v)
{
	*(be32 *)p = to_be32(v);
}

static enum status big_read(struct block *b, uint64_t offset, void *buf, size_t bytes)
{
	struct big *d = (struct big *)b;
	uint8_t made[K], *to = buf;

	d->small->requests++;
	for (size_t done = 0, n; done < bytes; done += n, offset += n) {
		size_t skip = offset % K;

		n = K - skip < bytes - done ? K - skip : bytes - done;
		memset(made, 0, K);
		if (offset < d->small->block.size)
			memcpy(made, d->small->bytes + (offset - skip), K);
		else if (d->make != NULL)
			d->make((uint32_t)(offset / K), made);
		memcpy(to + done, made + skip, n);
	}
	return OK;
}

static struct big *big_make(const char *options, void (*make)(uint32_t, uint8_t *))
{
	struct big *big = calloc(1, sizeof(*big));
	char command[300];

	assert_non_null(big);
	snprintf(command, sizeof(command),
		 "mkdir -p t/dir && : >t/dir/name && mke2fs -t ext4 -b 1024 -N 64 -O "
		 "^metadata_csum,^resize_inode%s -d t image 8M",
		 options);
	big->small = disk_make(command);
	big->make = make;
	big->block = (struct block){big_read, UINT64_C(1) << 40, S("disk"), &big->small->report, 0};
	put(big->small->bytes + K + 4, 4, 1u << 30); /* s_blocks_count_lo */
	return big;
}

static void big_free(struct big *big)
{
	assert_int_equal(memory_used, 0);
	disk_free(big->small);
	free(big);
}

static struct volume *big_open(struct big *big)
{
	struct volume *v = NULL;

	memory_peak = 0;
	assert_int_equal(fs_open(&big->block, &v), OK);
	return v;
}

/* The inode of /dir, or of the journal. */
static uint8_t *inode_of(struct big *big, const char *path)
{
	uint8_t *bytes = big->small->bytes;
	uint64_t number = 8;

	if (path != NULL) {
		struct volume *v = big_open(big);

		assert_int_equal(inodes_walk((struct inodes *)v, str_of(path), true), OK);
		number = ((struct inodes *)v)->at->number;
		vol_close(v);
		big->small->requests = 0;
	}
	return bytes +
	       get_le32(((struct ext4_group_desc *)(bytes + 2 * K))->bg_inode_table_lo) * K +
	       256 * (number - 1);
}

#define FAN 84 /* records in a node of 1 KiB */

static void put_header(uint8_t *node, unsigned entries, unsigned room, unsigned depth)
{
	put(node, 2, EXT4_EXT_MAGIC);
	put(node + 2, 2, entries);
	put(node + 4, 2, room);
	put(node + 6, 2, depth);
}

static void put_index(uint8_t *node, unsigned i, uint32_t at, uint32_t child)
{
	put(node + 12 * (i + 1), 4, at);
	put(node + 12 * (i + 1) + 4, 8, child);
}

static void put_extent(uint8_t *node, unsigned i, uint32_t at, uint32_t count, uint32_t block)
{
	put(node + 12 * (i + 1), 4, at);
	put(node + 12 * (i + 1) + 4, 4, count);
	put(node + 12 * (i + 1) + 8, 4, block);
}

/* A full tree of depth 3, every leaf record one block long and on the same block: an unused record
 * of a directory. */
static void make_scattered(uint32_t number, uint8_t *to)
{
	uint32_t span = FAN;

	if (number == DATA)
		put(to + 4, 2, K);
	for (unsigned level = 0; level < 3; level++, span *= FAN) {
		uint32_t n = number - NODES(level);

		if (number < NODES(level) || n >= 1u << 20)
			continue;
		put_header(to, FAN, FAN, level);
		for (uint32_t i = 0; i < FAN; i++) {
			if (level == 0)
				put_extent(to, i, n * span + i, 1, DATA);
			else
				put_index(to, i, n * span + i * (span / FAN),
					  NODES(level - 1) + n * FAN + i);
		}
	}
}

static void a_directory_in_two_million_pieces_is_given_up(void **state)
{
	struct big *big = big_make(",^has_journal", make_scattered);
	uint8_t *inode = inode_of(big, "/dir");
	const uint32_t span = FAN * FAN * FAN;
	struct file_info info;
	struct volume *v;

	(void)state;
	put(inode + 4, 4, 4 * span * (uint64_t)K);
	put_header(inode + 0x28, 4, 4, 3);
	for (uint32_t i = 0; i < 4; i++)
		put_index(inode + 0x28, i, i * span, NODES(2) + i);
	v = big_open(big);
	assert_int_equal(vol_info(v, S("/dir/name"), &info), E_LIMIT);

	assert_true(disk_said(big->small, "take too long to read (262144 requests)"));
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(vol_info(v, S("/dir/name"), &info), E_LIMIT);
	assert_in_range(big->small->requests, REQUESTS_MOST / 2, REQUESTS_MOST);
	assert_true(memory_peak < MIB);
	vol_close(v);
	big_free(big);
}

static void a_directory_of_a_tebibyte_of_nothing_is_read_at_once(void **state)
{
	struct big *big = big_make(",^has_journal,large_dir", NULL);
	uint8_t *inode = inode_of(big, "/dir");
	struct file_info info;
	struct volume *v;

	(void)state;
	put(inode + 4, 4, 0);
	put(inode + 0x6c, 4, 1u << 8);
	v = big_open(big);
	assert_int_equal(vol_info(v, S("/dir/none"), &info), E_NOT_FOUND);
	assert_int_equal(vol_info(v, S("/dir/name"), &info), OK);
	assert_in_range(big->small->requests, 1, 20);
	vol_close(v);
	big_free(big);
}

static void make_contiguous(uint32_t number, uint8_t *to)
{
	if (number >= DATA)
		put(to + 4, 2, K);
}

static void what_one_volume_costs_is_bounded_however_often_it_is_asked(void **state)
{
	struct big *big = big_make(",^has_journal", make_contiguous);
	uint8_t *inode = inode_of(big, "/dir");
	enum status status = E_NOT_FOUND;
	struct file_info info;
	unsigned asked = 0;
	struct volume *v;

	(void)state;
	/* Four extents, 128 MiB: 16 GiB are 128 times as much. */
	put(inode + 4, 4, 4 * 32768 * K);
	put_header(inode + 0x28, 4, 4, 0);
	for (uint32_t i = 0; i < 4; i++)
		put_extent(inode + 0x28, i, i * 32768, 32768, DATA);
	v = big_open(big);
	for (; status == E_NOT_FOUND && asked < 1000; asked++)
		status = vol_info(v, S("/dir/none"), &info);
	assert_int_equal(status, E_LIMIT);
	assert_in_range(asked, 120, 129);
	vol_close(v);
	big_free(big);
}

static void forty_symlinks_of_4_kib_through_a_large_directory_come_to_an_end(void **state)
{
	struct memory_disk *d = disk_make(
		"mkdir t && (cd t && for n in $(seq 40); do mkdir d$n; done && touch $(seq 3000) "
		"&& "
		"long=$(for m in $(seq 10); do for n in $(seq 40); do printf d$n/../; done; done) "
		"&& "
		"ln -s d1 l0 && for n in $(seq 39); do ln -s ${long}l$((n - 1)) l$n; done) && "
		"mke2fs -t ext4 -b 4096 -N 4000 -d t image 32M");
	struct file_info info;
	struct volume *v = NULL;

	(void)state;
	assert_int_equal(fs_open(&d->block, &v), OK);
	assert_int_equal(vol_info(v, S("/l39"), &info), OK);
	assert_int_equal(info.type, FILE_DIRECTORY);
	/* 40 times 800 components: each a reading of a directory at the most. */
	assert_in_range(d->requests, 1000, 100000);
	vol_close(v);
	disk_free(d);
}

/* A journal's superblock, and blocks of TYPE that say they belong to the transaction 1. */
static void make_log(uint32_t number, uint8_t *to, uint32_t type)
{
	if (number < LOG)
		return;
	put_be32(to, JBD2_MAGIC_NUMBER);
	put_be32(to + 4, number == LOG ? JBD2_SUPERBLOCK_V2 : type);
	put_be32(to + 8, 1);
	if (number == LOG) {
		put_be32(to + 0x0c, K);
		put_be32(to + 0x10, 1u << 20);
		put_be32(to + 0x14, 1);
		put_be32(to + 0x18, 1);
		put_be32(to + 0x1c, 1);
	}
}

static void make_revokes(uint32_t number, uint8_t *to)
{
	make_log(number, to, JBD2_REVOKE_BLOCK);
	if (number > LOG)
		put_be32(to + 12, K);
}

/* Each names 125 blocks, of which the 124 that follow are descriptors too. */
static void make_descriptors(uint32_t number, uint8_t *to)
{
	make_log(number, to, JBD2_DESCRIPTOR_BLOCK);
	for (unsigned at = 12; number > LOG && at + 8 <= K; at += 8) {
		put_be32(to + at, number + at);
		to[at + 7] = at + 16 > K ? JBD2_FLAG_LAST_TAG | JBD2_FLAG_SAME_UUID
					 : JBD2_FLAG_SAME_UUID;
	}
}

/* Each names one block, and so every second block of the log is a descriptor. */
static void make_single_descriptors(uint32_t number, uint8_t *to)
{
	make_log(number, to, JBD2_DESCRIPTOR_BLOCK);
	if (number > LOG) {
		put_be32(to + 12, number);
		to[19] = JBD2_FLAG_LAST_TAG | JBD2_FLAG_SAME_UUID;
	}
}

/* A log of 1 GiB, which is the same 32 MiB again and again. */
static void leaf_of_log(uint32_t number, uint8_t *to)
{
	if (number != NODES(0))
		return;
	put_header(to, 33, FAN, 0);
	put_extent(to, 0, 0, 1, LOG);
	for (uint32_t i = 0; i < 32; i++)
		put_extent(to, i + 1, 1 + i * 32768, 32768, LOG + 1);
}

static void (*log_block)(uint32_t, uint8_t *);

static void make_journal(uint32_t number, uint8_t *to)
{
	leaf_of_log(number, to);
	log_block(number, to);
}

static struct volume *open_with_log(struct big **made, void (*make)(uint32_t, uint8_t *))
{
	struct big *big = big_make("", make_journal);
	uint8_t *inode = inode_of(big, NULL);

	log_block = make;
	put(inode + 4, 4, (1u << 30) + K);
	put_header(inode + 0x28, 1, 4, 1);
	put_index(inode + 0x28, 0, 0, NODES(0));
	big->small->bytes[K + 0x60] |= EXT4_INCOMPAT_RECOVER;
	*made = big;
	return big_open(big);
}

static void a_log_of_1_gib_of_descriptors_is_walked_once(void **state)
{
	void (*const kinds[])(uint32_t, uint8_t *) = {make_descriptors, make_single_descriptors};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct big *big;
		struct volume *v = open_with_log(&big, kinds[i]);
		struct file_info info;

		/* The transaction was never committed: what the disk holds counts. */
		assert_int_equal(vol_info(v, S("/dir/name"), &info), OK);
		assert_true(big->small->requests < 3 * 4096);
		assert_true(memory_peak <= JOURNAL_MOST);
		vol_close(v);
		big_free(big);
	}
}

static void a_log_of_1_gib_of_revokes_is_given_up(void **state)
{
	struct big *big;
	struct volume *v = open_with_log(&big, make_revokes);
	struct file_info info;

	(void)state;

	assert_true(disk_said(big->small, "its journal names more than 1048576 blocks"));
	assert_true(disk_said(big->small, "files may be older than they should be"));
	assert_int_equal(vol_info(v, S("/dir/name"), &info), OK);
	assert_true(memory_peak <= JOURNAL_MOST);
	vol_close(v);
	big_free(big);
}

/* Titles that are what other entries would be called once their own are taken. */
static void a_menu_of_equal_titles_takes_little_memory(void **state)
{
	static char text[130000];
	static struct report report;
	struct fake_file file = {.path = "/boot/partless.conf", .type = FILE_REGULAR, .data = text};
	struct volume *v = fake_volume(&file, 1, &report);
	const struct places places = {0};
	struct arena arena = {0};
	struct config config = {0};
	size_t n = 0;

	(void)state;
	for (unsigned i = 0; i < ENTRIES_MAX / 2; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "title A%0200d#%u\n", 0,
				      ENTRIES_MAX / 2 + 1 + i);
	for (unsigned i = 0; i < ENTRIES_MAX / 2; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "title A%0200d\n", 0);
	file.size = n;
	memory_peak = 0;
	assert_int_equal(config_read(v, SIDE_GUEST, &(struct settings){0}, &places, &arena, &report,
				     &config),
			 OK);
	assert_int_equal(config.count, ENTRIES_MAX);
	assert_true(memory_peak <= CONFIG_MOST);
	arena_free(&arena);
	vol_close(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_directory_in_two_million_pieces_is_given_up),
		cmocka_unit_test(a_directory_of_a_tebibyte_of_nothing_is_read_at_once),
		cmocka_unit_test(what_one_volume_costs_is_bounded_however_often_it_is_asked),
		cmocka_unit_test(forty_symlinks_of_4_kib_through_a_large_directory_come_to_an_end),
		cmocka_unit_test(a_log_of_1_gib_of_descriptors_is_walked_once),
		cmocka_unit_test(a_log_of_1_gib_of_revokes_is_given_up),
		cmocka_unit_test(a_menu_of_equal_titles_takes_little_memory),
	};

	return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
