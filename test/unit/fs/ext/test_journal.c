/* fs/ext/journal/jbd2.h, fs/ext/journal/load.c: what the log of a file system costs, and what when
 * something fails.
 */
#include "base/mem.h"
#include "fs/ext/journal/jbd2.h"
#include "fs/filesystems.h"
#include "fs/volume.h"
#include "test/unit/disk.h"
#include "test/unit/memory.h"
#include "test/unit/test.h"

#define MIB (1u << 20)

/* A log of one transaction with so many blocks, of 4 KiB, and one with as many revokes. */
#define COPIES  900
#define REVOKES 900

/* Bytes of memory for each copy and for each revoke record, as docs/filesystems.md says. */
#define COPY_COST   96
#define REVOKE_COST 48

/* "$b" lie free in the file system; "old" is a file of theirs. */
#define LOG(mke2fs, more)                                                           \
	"mkdir t && head -c 8000 /dev/zero | tr '\\0' o >t/file && "                \
	"mke2fs -q -b 4096 -J size=4 " mke2fs " -d t image 48M && "                 \
	"head -c 3686400 /dev/zero | tr '\\0' n >new && b=$(seq -s, 9000 9899) && " \
	"f=$(debugfs -R 'blocks /file' image | tr -s ' ' ,) && f=${f%,} && "        \
	"head -c 8192 new >file && " more

#define DIRTY(flag)                                                                          \
	"printf 'jo " flag "\\njw -b %s new\\njw -b %s file\\njw -r %s\\njc\\n' $b $f $b | " \
	"debugfs -w -f - image"

static const char *const kinds[] = {
	LOG("-t ext4", DIRTY("")),
	LOG("-t ext4", DIRTY("-c")),
	LOG("-t ext3", DIRTY("")),
};

static enum status open_and_read(struct memory_disk *d, char *text)
{
	struct volume *v = NULL;
	enum status status = fs_open(&d->block, &v);

	if (status == OK)
		status = vol_read(v, S("/file"), 0, text, 8000);
	vol_close(v);
	assert_int_equal(memory_used, 0);
	return status;
}

static void of_the_log_only_what_names_blocks_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct memory_disk *clean = disk_make(LOG("-t ext4", ":"));
		struct memory_disk *d = disk_make(kinds[i]);
		char text[8000] = "";

		assert_int_equal(open_and_read(clean, text), OK);
		assert_int_equal(text[7999], 'o');
		assert_int_equal(open_and_read(d, text), OK);
		assert_int_equal(text[0], 'n');
		assert_int_equal(text[7999], 'n');
		assert_int_equal(d->report.n, 0);
		/* Four descriptors, one block of revokes and a commit, each with what is read
		 * ahead; the inode and its indirect blocks; what is read again because the log has
		 * it. */
		assert_in_range(d->requests, clean->requests + 2, clean->requests + 2 * 7 + 8);
		assert_in_range(d->asked, clean->asked, clean->asked + 256 * 1024);
		disk_free(clean);
		disk_free(d);
	}
}

static void memory_grows_with_the_blocks_that_are_named(void **state)
{
	struct memory_disk *d = disk_make(kinds[0]), *clean = disk_make(LOG("-t ext4", ":"));
	struct volume *v = NULL;
	size_t clean_peak;
	char text[8000];

	(void)state;
	memory_peak = 0;
	assert_int_equal(open_and_read(clean, text), OK);
	clean_peak = memory_peak;
	memory_peak = 0;
	assert_int_equal(open_and_read(d, text), OK);
	assert_in_range(memory_peak, clean_peak + COPIES * sizeof(struct journal_copy),
			clean_peak + JBD2_WINDOW_BYTES + 4096 + COPIES * COPY_COST +
				REVOKES * REVOKE_COST);
	/* The window and the revoke records are needed only while the log is read. */
	assert_int_equal(fs_open(&d->block, &v), OK);
	assert_in_range(memory_used, 1, clean_peak + COPIES * COPY_COST);
	vol_close(v);
	disk_free(clean);
	disk_free(d);
}

static void any_read_may_fail_without_a_leak(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct memory_disk *d = disk_make(kinds[i]);
		char text[8000];
		unsigned total;

		assert_int_equal(open_and_read(d, text), OK);
		total = d->requests;
		for (unsigned n = 1; n <= total; n++) {
			d->requests = 0;
			d->fail_at = n;
			d->report = (struct report){0};
			assert_int_equal(open_and_read(d, text), E_IO);
			assert_true(disk_said(d, "the disk fails"));
		}
		disk_free(d);
	}
}

static void any_allocation_may_fail_without_a_leak(void **state)
{
	struct memory_disk *d = disk_make(kinds[1]);
	unsigned failures = 0;
	char text[8000];

	(void)state;
	for (memory_budget = 0; open_and_read(d, text) != OK; memory_budget += 1000) {
		assert_true(disk_said(d, "no memory"));
		d->report = (struct report){0};
		failures++;
	}
	memory_budget = SIZE_MAX;
	assert_true(failures > 100);
	disk_free(d);
}

static void without_memory_for_the_log_that_is_said(void **state)
{
	struct memory_disk *d = disk_make(kinds[0]);
	char text[8000];

	(void)state;
	memory_budget = 144 * 1024; /* to open it and to begin the walk */
	assert_int_equal(open_and_read(d, text), E_NO_MEMORY);
	memory_budget = SIZE_MAX;
	assert_true(disk_said(d, "blocks of its journal"));
	assert_true(disk_said(d, "disk was not unmounted, and its journal cannot be used"));
	disk_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_the_log_only_what_names_blocks_is_read),
		cmocka_unit_test(memory_grows_with_the_blocks_that_are_named),
		cmocka_unit_test(any_read_may_fail_without_a_leak),
		cmocka_unit_test(any_allocation_may_fail_without_a_leak),
		cmocka_unit_test(without_memory_for_the_log_that_is_said),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
