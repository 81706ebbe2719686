/* fs/: what the ext reader asks of the disk and of memory, and what happens when either fails. */
#include <stdlib.h>

#include "base/arena.h"
#include "fs/filesystems.h"
#include "fs/volume.h"
#include "test/unit/disk.h"
#include "test/unit/memory.h"
#include "test/unit/test.h"
#include "test/unit/used_volume.h"

#define MIB (1u << 20)

/* Superblock, group descriptor, root inode, root directory, and the file's inode and tree. */
#define METADATA 8

static void a_read_outside_the_device_never_reaches_it(void **state)
{
	struct memory_disk *d = disk_make("truncate -s 4096 image");
	char buf[16];

	(void)state;
	assert_int_equal(block_read(&d->block, 4090, buf, 7), E_CORRUPT);
	assert_int_equal(block_read(&d->block, UINT64_MAX, buf, 2), E_CORRUPT);
	assert_int_equal(block_read(&d->block, 5000, buf, 0), OK);
	assert_int_equal(d->requests, 0);
	assert_int_equal(block_read(&d->block, 4090, buf, 6), OK);
	assert_true(disk_said(d, "7 bytes from byte 4090 on lie beyond its end at byte 4096"));
	disk_free(d);
}

static void a_disk_of_larger_blocks_is_refused_as_linux_does(void **state)
{
	struct memory_disk *d = disk_make("mke2fs -q -t ext4 -b 1024 image 8M");
	struct volume *v = NULL;

	(void)state;
	d->block.sector = 4096;
	assert_int_equal(fs_open(&d->block, &v), E_UNSUPPORTED);
	assert_true(disk_said(d, "the file system has blocks of 1024 bytes and the disk of 4096"));
	d->block.sector = 1024;
	assert_int_equal(fs_open(&d->block, &v), OK);
	vol_close(v);
	disk_free(d);
}

static void a_volume_tells_type_uuid_and_label(void **state)
{
	static const char *const types[] = {"ext2", "ext3", "ext4"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char command[200];
		struct memory_disk *d;
		struct volume *v;

		snprintf(command, sizeof(command),
			 "mke2fs -t %s -L sixteen-letters- -U 01234567-89ab-cdef-0123-456789abcdef "
			 "image 8M",
			 types[i]);
		d = disk_make(command);
		v = open_disk(d);
		assert_string_equal(v->type, types[i]);
		assert_string_equal(v->uuid, "01234567-89ab-cdef-0123-456789abcdef");
		assert_true(str_eq(v->label, S("sixteen-letters-")));
		assert_true(str_eq(v->name, S("disk")));
		vol_close(v);
		disk_free(d);
	}
	assert_int_equal(memory_used, 0);
}

static void a_contiguous_file_is_one_request(void **state)
{
	/* An extent has at most 128 MiB: 300 MiB are three of them that touch. */
	struct memory_disk *d =
		disk_make("mkdir t && head -c 299M /dev/zero | tr '\\0' y >t/big && "
			  "head -c 1M /dev/zero | tr '\\0' x >>t/big && "
			  "mke2fs -t ext4 -b 4096 -O ^has_journal,sparse_super2 -E "
			  "num_backup_sb=0,packed_meta_blocks=1 -d t image 400M");
	struct volume *v = open_disk(d);
	char *to = test_malloc(300 * MIB);

	(void)state;
	memory_peak = 0;
	assert_int_equal(vol_read(v, S("/big"), 0, to, 300 * MIB), OK);
	assert_true(d->requests <= METADATA + 300 / 32);
	assert_true(disk_reads_once(d));
	assert_true(d->largest > 128 * MIB);
	assert_true(memory_peak < MIB);
	assert_int_equal(to[299 * MIB - 1], 'y');
	assert_int_equal(to[299 * MIB], 'x');
	d->requests = 0;
	assert_int_equal(vol_read(v, S("/big"), 299 * MIB - 1, to, 2), OK);
	assert_memory_equal(to, "yx", 2);
	assert_int_equal(d->requests, 1);
	test_free(to);
	vol_close(v);
	disk_free(d);
}

/* Of one block each: every second block of a file is punched out. */
#define PIECES 10000

static void a_scattered_file_is_one_request_a_piece(void **state)
{
	static const unsigned kib[] = {1, 2, 4};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		unsigned k = kib[i], per_leaf = (k * 1024 - 12) / 12 / 2;
		size_t bytes = (size_t)PIECES * 2 * k * 1024;
		char command[400];
		struct memory_disk *d;
		struct volume *v;
		char *to = test_malloc(bytes);

		snprintf(command, sizeof(command),
			 "mkdir t && head -c %zu /dev/zero | tr '\\0' f >t/f && mke2fs -t ext4 -b "
			 "%u -O ^has_journal -d t image 128M && for i in $(seq 1 2 %d); do echo "
			 "punch "
			 "/f $i $i; done >c && debugfs -w -f c image",
			 bytes, k * 1024, 2 * PIECES - 1);
		d = disk_make(command);
		v = open_disk(d);
		memory_peak = 0;
		assert_int_equal(vol_read(v, S("/f"), 0, to, bytes), OK);
		/* Each leaf of the extent tree once: debugfs leaves them half full. */
		assert_in_range(d->requests, PIECES, PIECES + PIECES / per_leaf + METADATA);
		assert_true(disk_reads_once(d));
		assert_true(memory_peak < MIB);
		for (size_t at = 0; at < bytes; at += k * 1024)
			assert_int_equal(to[at], at / (k * 1024) % 2 == 0 ? 'f' : 0);
		test_free(to);
		vol_close(v);
		disk_free(d);
	}
}

/* What mke2fs takes minutes to make: the file /d, which is all 'D', becomes a directory of NAMES
 * names that look like "a-long-name-0000000001234", all of them inode 11. */
static struct memory_disk *large_directory(const char *block_size, unsigned names)
{
	struct memory_disk *d;
	char command[300];
	uint8_t *p, *block = NULL;
	uint32_t size = (uint32_t)atoi(block_size), per_block = size / 36, left = 0;

	snprintf(
		command, sizeof(command),
		"mkdir t && head -c %u /dev/zero | tr '\\0' D >t/d && mke2fs -F -t ext4 -b %s -O "
		"^has_journal,^metadata_csum,sparse_super2 -E num_backup_sb=0,packed_meta_blocks=1 "
		"-d t image 64M && debugfs -w -R 'sif /d mode 040755' image",
		(names + per_block - 1) / per_block * size, block_size);
	d = disk_make(command);
	p = memmem(d->bytes, d->block.size, "DDDDDDDDDDDDDDDD", 16);
	assert_non_null(p);
	memset(p, 0, (names + per_block - 1) / per_block * size);
	for (unsigned i = 0; i < names; i++, p += 36) {
		if (i % per_block == 0) {
			block = i == 0 ? p : block + size;
			p = block;
			left = size;
		}
		left -= 36;
		uint32_t length = i % per_block == per_block - 1 ? 36 + left : 36;
		/* The last record fills its block; the last block is filled up by a free one. */
		memcpy(p, (uint8_t[]){11, 0, 0, 0, (uint8_t)length, (uint8_t)(length >> 8), 25, 2},
		       8);
		snprintf((char *)p + 8, 27, "a-long-name-%013u", i);
		if (i == names - 1 && left > 0 && length == 36)
			memcpy(p + 36, (uint8_t[]){0, 0, 0, 0, (uint8_t)left, (uint8_t)(left >> 8)},
			       6);
	}
	return d;
}

static void a_name_in_a_large_directory_costs_a_request_a_mebibyte(void **state)
{
	struct memory_disk *d = large_directory("4096", 150000);
	struct volume *v = open_disk(d);
	struct file_info info;
	unsigned names = 0;

	(void)state;
	memory_peak = 0;
	assert_int_equal(vol_info(v, S("/d"), &info), OK);
	assert_true(info.size > 5 * MIB);
	d->requests = 0;
	assert_int_equal(vol_info(v, S("/d/none"), &info), E_NOT_FOUND);
	assert_int_equal(vol_info(v, S("/d"), &info), OK);
	assert_in_range(d->requests, 5, info.size / MIB + METADATA);
	assert_true(memory_peak < MIB);
	d->requests = 0;
	assert_int_equal(vol_info(v, S("/d/a-long-name-0000000149999"), &info), OK);
	assert_int_equal(vol_info(v, S("/d/a-long-name-0000000149999"), &info), OK);
	assert_in_range(d->requests, 5, 6 + METADATA);
	assert_int_equal(vol_list(v, S("/d"), count_name, &names), OK);
	assert_int_equal(names, 150000);
	vol_close(v);
	assert_int_equal(memory_used, 0);
	disk_free(d);
}

static void a_disk_without_a_file_system_costs_few_requests(void **state)
{
	static const char *const contents[] = {"truncate -s 100G image",
					       "echo text >image && truncate -s 100G image",
					       "printf hsqs >image && truncate -s 100G image"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct memory_disk *d = disk_make(contents[i]);
		struct volume *v = NULL;

		memory_peak = 0;
		assert_int_equal(fs_open(&d->block, &v), E_NOT_FOUND);
		/* Two superblocks, which read-ahead makes one request, the first 68 KiB, and where
		 * a copy would be. */
		assert_int_equal(d->requests, i == 2 ? 3 : 3 + 7);
		assert_true(memory_peak < MIB / 4);
		assert_int_equal(memory_used, 0);
		disk_free(d);
	}
}

static void a_quick_look_costs_a_request_for_each_superblock(void **state)
{
	struct memory_disk *d = disk_make("mke2fs -q -t ext4 -b 1024 image 40M");
	struct volume *v = NULL;

	(void)state;
	memset(d->bytes + 1024 + 0x58, 0xff, 2); /* its checksum is wrong */
	assert_int_equal(fs_open_quickly(&d->block, &v), OK);
	assert_true(disk_said(d, "the copy at block 8193 is used"));
	vol_close(v);
	v = NULL;
	memset(d->bytes + 1024, 0, 1024);
	d->requests = 0;
	assert_int_equal(fs_open_quickly(&d->block, &v), E_NOT_FOUND);
	assert_int_equal(d->requests, 2); /* XFS and ext: one with read-ahead */
	assert_int_equal(fs_open(&d->block, &v), OK);
	vol_close(v);
	assert_int_equal(memory_used, 0);
	disk_free(d);
}

static void a_search_for_copies_of_the_superblock_ends(void **state)
{
	struct memory_disk *d =
		disk_make("mke2fs -t ext4 -b 4096 image 100M && truncate -s 1T image");
	struct volume *v = NULL;

	(void)state;
	memset(d->bytes + 1024 + 0x58, 0xff, 2);
	assert_int_equal(fs_open(&d->block, &v), E_CORRUPT);
	assert_in_range(d->requests, 3 + 7, 3 + 43);
	assert_true(disk_said(d, "its checksum is wrong"));
	assert_int_equal(memory_used, 0);
	disk_free(d);
}

static void a_path_asked_for_again_costs_nothing(void **state)
{
	struct memory_disk *d =
		disk_make("mkdir -p t/a/b/c && echo hi >t/a/b/c/f && ln -s a/b/c/f t/l && "
			  "mke2fs -t ext4 -d t image 8M");
	struct volume *v = open_disk(d);
	struct file_info info;

	(void)state;
	assert_int_equal(vol_info(v, S("/l"), &info), OK);
	d->requests = 0;
	assert_int_equal(vol_info(v, S("/l"), &info), OK);
	assert_int_equal(info.size, 3);
	assert_int_equal(d->requests, 0);
	vol_close(v);
	disk_free(d);
}

#define SMALL_DISK(options)                                                               \
	"mkdir -p t/d && dd if=/dev/urandom of=t/d/f bs=1000 count=30 && echo >t/d/g && " \
	"ln -s $(printf '%070d' 0 | tr 0 /)d/g t/d/slow && mke2fs " options " -d t image 8M"

static const struct used_disk kinds[] = {
	{SMALL_DISK("-t ext4 -b 1024"), S("/d/slow"), 3},
	{SMALL_DISK("-t ext2 -b 1024"), S("/d/slow"), 3},
	{SMALL_DISK("-t ext4 -O inline_data"), S("/d/slow"), 3},
};

static void any_read_may_fail_without_a_leak(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++)
		any_read_may_fail(&kinds[i], 4);
}

static void a_volume_goes_on_after_a_failed_read(void **state)
{
	struct memory_disk *d = disk_make(kinds[0].commands);
	struct volume *v = open_disk(d);
	struct file_info info;

	(void)state;
	d->fail_at = 1;
	assert_int_equal(vol_info(v, S("/d/f"), &info), E_IO);
	assert_int_equal(vol_info(v, S("/d/f"), &info), OK);
	assert_int_equal(info.size, 30000);
	vol_close(v);
	disk_free(d);
}

static void any_allocation_may_fail_without_a_leak(void **state)
{
	(void)state;
	any_allocation_may_fail(&kinds[0]);
}

static void reads_keep_to_the_file(void **state)
{
	struct memory_disk *d = disk_make(kinds[0].commands);
	struct volume *v = open_disk(d);
	struct arena arena = {0};
	struct str text;
	char buf[8] = "unread";

	(void)state;
	assert_int_equal(vol_read(v, S("/d/f"), 29999, buf, 2), E_LIMIT);
	assert_true(disk_said(d, "ends after 30000 bytes: cannot read 2 from byte 29999 on"));
	assert_int_equal(vol_read(v, S("/d/f"), UINT64_MAX, buf, 2), E_LIMIT);
	assert_string_equal(buf, "unread");
	assert_int_equal(vol_read(v, S("/d/f"), 30000, buf, 0), OK);
	assert_int_equal(vol_read(v, S("/d"), 0, buf, 1), E_WRONG_TYPE);
	assert_int_equal(vol_load(v, S("/d/f"), 29999, &arena, &text), E_LIMIT);
	assert_int_equal(vol_load(v, S("/d"), 29999, &arena, &text), E_WRONG_TYPE);
	assert_int_equal(vol_readlink(v, S("/d/f"), &arena, &text), E_WRONG_TYPE);
	assert_int_equal(vol_list(v, S("/d/f"), count_name, NULL), E_WRONG_TYPE);
	assert_int_equal(vol_load(v, S("/d/slow"), 1, &arena, &text), OK);
	assert_true(str_eq(text, S("\n")));
	assert_int_equal(text.p[1], '\0');
	arena_free(&arena);
	vol_close(v);
	disk_free(d);
}

static enum status stop_at_once(void *context, struct str name, enum file_type type)
{
	return count_name(context, name, type) == OK ? E_DENIED : OK;
}

static void a_listing_ends_when_its_function_says_so(void **state)
{
	struct memory_disk *d = disk_make(kinds[0].commands);
	struct volume *v = open_disk(d);
	unsigned names = 0;

	(void)state;
	assert_int_equal(vol_list(v, S("/d"), stop_at_once, &names), E_DENIED);
	assert_int_equal(names, 1);
	vol_close(v);
	assert_int_equal(memory_used, 0);
	disk_free(d);
}

static void memory_stays_below_a_mebibyte_with_any_block_size(void **state)
{
	static const char *const sizes[] = {"1024", "4096", "16384", "32768"};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct memory_disk *d = large_directory(sizes[i], 40000);
		struct file_info info;
		struct volume *v;

		memory_peak = 0;
		v = open_disk(d);
		assert_int_equal(vol_info(v, S("/d/none"), &info), E_NOT_FOUND);
		assert_in_range(memory_peak, MIB / 2, MIB);
		vol_close(v);
		disk_free(d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_outside_the_device_never_reaches_it),
		cmocka_unit_test(a_disk_of_larger_blocks_is_refused_as_linux_does),
		cmocka_unit_test(a_volume_tells_type_uuid_and_label),
		cmocka_unit_test(a_contiguous_file_is_one_request),
		cmocka_unit_test(a_scattered_file_is_one_request_a_piece),
		cmocka_unit_test(a_name_in_a_large_directory_costs_a_request_a_mebibyte),
		cmocka_unit_test(a_disk_without_a_file_system_costs_few_requests),
		cmocka_unit_test(a_quick_look_costs_a_request_for_each_superblock),
		cmocka_unit_test(a_search_for_copies_of_the_superblock_ends),
		cmocka_unit_test(a_path_asked_for_again_costs_nothing),
		cmocka_unit_test(any_read_may_fail_without_a_leak),
		cmocka_unit_test(a_volume_goes_on_after_a_failed_read),
		cmocka_unit_test(any_allocation_may_fail_without_a_leak),
		cmocka_unit_test(reads_keep_to_the_file),
		cmocka_unit_test(a_listing_ends_when_its_function_says_so),
		cmocka_unit_test(memory_stays_below_a_mebibyte_with_any_block_size),
	};

	return cmocka_run_group_tests_name("ext", tests, NULL, NULL);
}
