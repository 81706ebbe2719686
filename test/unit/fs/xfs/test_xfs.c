/* fs/: what the XFS reader asks of the disk and of memory, and what happens when either fails. */
#include <stdlib.h>

#include "base/arena.h"
#include "fs/filesystems.h"
#include "fs/inodes.h"
#include "fs/xfs/format.h"
#include "test/unit/disk.h"
#include "test/unit/memory.h"
#include "test/unit/test.h"
#include "test/unit/used_volume.h"

#define K   1024u
#define MIB (1u << 20)

/* Superblock twice, inodes, directories, and a node of the file's tree. */
#define METADATA 8

/* Makes an image of SIZE from the prototype lines LINES, after the commands BEFORE. */
#define MKFS(before, lines, options, size)                                            \
	before "; printf '/\\n0 0\\nd--755 0 0\\n" lines "$\\n' >proto; mkfs.xfs -q " \
	       "--unsupported " options " -p proto -d file,name=image,size=" size

static void a_volume_tells_type_uuid_and_label(void **state)
{
	struct memory_disk *d = disk_make(MKFS(
		":", "", "-L twelve-chars -m uuid=01234567-89ab-cdef-0123-456789abcdef", "16m"));
	struct volume *v = open_disk(d);

	(void)state;
	assert_string_equal(v->type, "xfs");
	assert_string_equal(v->admin, "xfs_admin");
	assert_string_equal(v->new_uuid, "-U generate");
	assert_string_equal(v->uuid, "01234567-89ab-cdef-0123-456789abcdef");
	assert_true(str_eq(v->label, S("twelve-chars")));
	assert_true(str_eq(v->name, S("disk")));
	vol_close(v);
	assert_int_equal(memory_used, 0);
	disk_free(d);
}

static void a_disk_of_larger_sectors_is_refused_as_linux_does(void **state)
{
	struct memory_disk *d = disk_make(MKFS(":", "", "", "16m"));
	struct volume *v = NULL;

	(void)state;
	d->block.sector = 4096;
	assert_int_equal(fs_open(&d->block, &v), E_UNSUPPORTED);
	assert_true(disk_said(d, "the file system has sectors of 512 bytes and the disk of 4096"));
	d->block.sector = 512;
	assert_int_equal(fs_open(&d->block, &v), OK);
	vol_close(v);
	disk_free(d);
}

static void a_contiguous_file_is_one_request(void **state)
{
	struct memory_disk *d = disk_make(MKFS("(head -c 99M /dev/zero | tr '\\0' y; "
					       "head -c 1M /dev/zero | tr '\\0' x) >f",
					       "big ---644 0 0 f\\n", "-d agcount=1", "160m"));
	struct volume *v = open_disk(d);
	char *to = test_malloc(100 * MIB);

	(void)state;
	memory_peak = 0;
	assert_int_equal(vol_read(v, S("/big"), 0, to, 100 * MIB), OK);
	assert_true(d->requests <= METADATA + 100 / 32);
	assert_true(disk_reads_once(d));
	assert_true(memory_peak < MIB);
	assert_int_equal(to[99 * MIB - 1], 'y');
	assert_int_equal(to[99 * MIB], 'x');
	d->requests = 0;
	assert_int_equal(vol_read(v, S("/big"), 99 * MIB - 1, to, 2), OK);
	assert_memory_equal(to, "yx", 2);
	assert_int_equal(d->requests, 1);
	test_free(to);
	vol_close(v);
	disk_free(d);
}

static void a_path_asked_for_again_costs_nothing(void **state)
{
	struct memory_disk *d = disk_make(
		MKFS("echo hi >f",
		     "a d--755 0 0\\nb d--755 0 0\\nf ---644 0 0 f\\n$\\n$\\nl l--777 0 0 a/b/f\\n",
		     "", "16m"));
	struct volume *v = open_disk(d);
	struct file_info info;

	(void)state;
	assert_int_equal(vol_info(v, S("/l"), &info), OK);
	assert_in_range(d->requests, 1, 3);
	d->requests = 0;
	assert_int_equal(vol_info(v, S("/l"), &info), OK);
	assert_int_equal(info.size, 3);
	assert_int_equal(d->requests, 0);
	vol_close(v);
	disk_free(d);
}

static void put_be(uint8_t *p, size_t bytes, uint64_t v)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(v >> 8 * (bytes - 1 - i));
}

/* The file /d, which is all 'D' and of version 4, becomes a directory of the blocks that FILL
 * makes. Its inode. */
static uint8_t *become_directory(struct memory_disk *d, size_t block,
				 void (*fill)(uint8_t *block, size_t n, unsigned number))
{
	uint8_t *data = memmem(d->bytes, d->block.size, "DDDDDDDDDDDDDDDD", 16), *inode;
	struct volume *v = open_disk(d);
	struct file_info info;
	unsigned blocks;

	assert_non_null(data);
	assert_int_equal(vol_info(v, S("/d"), &info), OK);
	blocks = (unsigned)(info.size / block);
	inode = d->bytes + ((struct inodes *)v)->at->number * 256; /* of one group */
	put_be(inode + 2, 2, 040755);
	for (unsigned i = 0; i < blocks; i++) {
		uint8_t *p = data + i * block;

		memset(p, 0, block);
		put_be(p, 4, XFS_DIR2_DATA_MAGIC);
		fill(p + XFS_DIR2_DATA_HDR_SIZE, block - XFS_DIR2_DATA_HDR_SIZE, i);
	}
	vol_close(v);
	return inode;
}

static void fill_unused(uint8_t *p, size_t n, unsigned number)
{
	size_t at = XFS_DIR2_DATA_HDR_SIZE;

	(void)number;
	for (size_t length; n > 0; n -= length, p += length, at += length) {
		length = n < 0x8000 ? n : 0x8000;
		put_be(p, 2, XFS_DIR2_DATA_FREE_TAG);
		put_be(p + 2, 2, length);
		put_be(p + length - 2, 2, at);
	}
}

#define ENTRY 40 /* bytes of a record: 11, the type, and a name of 25 bytes */

static void fill_names(uint8_t *p, size_t n, unsigned number)
{
	size_t at = XFS_DIR2_DATA_HDR_SIZE, length;

	for (unsigned i = 0; n >= 2 * (size_t)ENTRY; n -= ENTRY, p += ENTRY, at += ENTRY, i++) {
		put_be(p, 8, 11);
		p[8] = 25;
		snprintf((char *)p + 9, 27, "name-%09u-%010u", number, i);
		p[9 + 25] = 1;
		put_be(p + ENTRY - 2, 2, at);
	}
	length = n;
	put_be(p, 2, XFS_DIR2_DATA_FREE_TAG);
	put_be(p + 2, 2, length);
	put_be(p + length - 2, 2, at);
}

static struct memory_disk *large_directory(const char *options, unsigned kib, size_t block)
{
	struct memory_disk *d;
	char command[400];

	snprintf(command, sizeof(command),
		 MKFS("head -c %uK /dev/zero | tr '\\0' D >f", "d ---644 0 0 f\\n",
		      "-m crc=0 -i size=256 -d agcount=1 %s", "160m"),
		 kib, options);
	d = disk_make(command);
	(void)become_directory(d, block, fill_names);
	return d;
}

static void a_name_in_a_large_directory_costs_a_request_a_mebibyte(void **state)
{
	struct memory_disk *d = large_directory("", 6 * K, 4096);
	struct volume *v = open_disk(d);
	struct file_info info;
	unsigned names = 0;

	(void)state;
	memory_peak = 0;
	assert_int_equal(vol_info(v, S("/d/none"), &info), E_NOT_FOUND);
	assert_in_range(d->requests, 6, 7 + METADATA);
	d->requests = 0;
	assert_int_equal(vol_list(v, S("/d"), count_name, &names), OK);
	assert_int_equal(names, 6 * K / 4 * 101);
	assert_in_range(d->requests, 6, 7 + METADATA);
	d->requests = 0;
	/* A name that was just listed is known. */
	assert_int_equal(vol_info(v, S("/d/name-000001535-0000000100"), &info), E_CORRUPT);
	assert_true(disk_said(d, "names inode 11, which no file can have"));
	assert_int_equal(d->requests, 0);
	assert_true(memory_peak < MIB);
	vol_close(v);
	assert_int_equal(memory_used, 0);
	disk_free(d);
}

static void memory_stays_below_a_mebibyte_with_any_block_size(void **state)
{
	static const struct {
		const char *options;
		size_t block;
	} rows[] = {
		{"-b size=512 -n size=4096", 4096},
		{"-b size=1024 -n size=65536", 65536},
		{"-b size=4096 -n size=16384", 16384},
		{"-b size=16384", 16384},
		{"-b size=65536", 65536},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct memory_disk *d = large_directory(rows[i].options, 2 * K, rows[i].block);
		struct file_info info;
		struct volume *v;

		memory_peak = 0;
		v = open_disk(d);
		assert_int_equal(vol_info(v, S("/d/none"), &info), E_NOT_FOUND);
		assert_in_range(memory_peak, MIB / 2, MIB);
		vol_close(v);
		assert_int_equal(memory_used, 0);
		disk_free(d);
	}
}

static void what_one_volume_costs_is_bounded_however_often_it_is_asked(void **state)
{
	struct memory_disk *d =
		disk_make(MKFS("head -c 64M /dev/zero | tr '\\0' D >f", "d ---644 0 0 f\\n",
			       "-m crc=0 -i size=256 -d agcount=1", "160m"));
	uint8_t *inode = become_directory(d, 4096, fill_unused);
	uint8_t *fork = inode + XFS_DINODE_SIZE_OLD;
	enum status status = E_NOT_FOUND;
	struct file_info info;
	unsigned asked = 0;
	struct volume *v;

	(void)state;
	/* Nine extents, all of them the same 64 MiB: 16 GiB are 28 times as much. */
	put_be(inode + 76, 4, 9);
	put_be(inode + 56, 8, 9ull * 64 * MIB);
	for (uint64_t i = 1; i < 9; i++) {
		memcpy(fork + 16 * i, fork, 16);
		put_be(fork + 16 * i, 8, get_be64(*(be64 *)fork) + (i * 16384 << 9));
	}
	v = open_disk(d);
	for (; status == E_NOT_FOUND && asked < 1000; asked++)
		status = vol_info(v, S("/d/none"), &info);
	assert_int_equal(status, E_LIMIT);
	assert_true(disk_said(d, "take too long to read"));
	assert_in_range(asked, 25, 29);
	vol_close(v);
	disk_free(d);
}

#define SMALL(options)                                                                         \
	MKFS("dd if=/dev/urandom of=f bs=1000 count=30; echo >g; : >h",                        \
	     "d d--755 0 0\\nf ---644 0 0 f\\ng ---644 0 0 g\\nh ---644 0 0 h\\nl l--777 0 0 " \
	     "../d/g\\n"                                                                       \
	     "$\\nlast ---644 0 0 g\\n",                                                       \
	     options, "16m")

static const struct used_disk kinds[] = {
	{SMALL("-b size=1024"), S("/d/l"), 4},
	{SMALL("-m crc=0"), S("/d/l"), 4},
	{SMALL("-n size=8192 -i size=2048"), S("/d/l"), 4},
};

static void any_read_may_fail_without_a_leak(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++)
		any_read_may_fail(&kinds[i], 3);
}

static void any_allocation_may_fail_without_a_leak(void **state)
{
	(void)state;
	any_allocation_may_fail(&kinds[0]);
}

static enum status walk_elsewhere(void *context, struct str name, enum file_type type)
{
	struct volume *v = context;
	struct file_info info;
	unsigned names = 0;

	(void)name;
	(void)type;
	assert_int_equal(vol_info(v, S("/last"), &info), OK);
	assert_int_equal(info.type, FILE_REGULAR);
	return vol_list(v, S("/"), count_name, &names);
}

static void a_listing_goes_on_while_other_paths_are_walked(void **state)
{
	struct memory_disk *d;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct volume *v;

		d = disk_make(kinds[i].commands);
		v = open_disk(d);
		assert_int_equal(vol_list(v, S("/d"), walk_elsewhere, v), OK);
		vol_close(v);
		assert_int_equal(memory_used, 0);
		disk_free(d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_volume_tells_type_uuid_and_label),
		cmocka_unit_test(a_disk_of_larger_sectors_is_refused_as_linux_does),
		cmocka_unit_test(a_contiguous_file_is_one_request),
		cmocka_unit_test(a_path_asked_for_again_costs_nothing),
		cmocka_unit_test(a_name_in_a_large_directory_costs_a_request_a_mebibyte),
		cmocka_unit_test(memory_stays_below_a_mebibyte_with_any_block_size),
		cmocka_unit_test(what_one_volume_costs_is_bounded_however_often_it_is_asked),
		cmocka_unit_test(any_read_may_fail_without_a_leak),
		cmocka_unit_test(any_allocation_may_fail_without_a_leak),
		cmocka_unit_test(a_listing_goes_on_while_other_paths_are_walked),
	};

	return cmocka_run_group_tests_name("xfs", tests, NULL, NULL);
}
