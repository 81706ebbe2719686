/* What a read costs: requests, the size of the largest one, and memory, counted on a disk in
 * memory.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fs/filesystems.h"
#include "fs/volume.h"
#include "test/unit/disk.h"
#include "test/unit/memory.h"
#include "test/unit/test.h"

static const struct work {
	const char *what, *make, *path;
} works[] = {
	{"read a contiguous file of 300 MiB",
	 "mkdir t && head -c 300M /dev/zero | tr '\\0' y >t/f && mke2fs -t ext4 -b 4096 -d t image "
	 "400M",
	 "/f"},
	{"read a file in 10,000 pieces of 1 KiB",
	 "mkdir t && head -c 20000k /dev/zero | tr '\\0' y >t/f && mke2fs -t ext4 -b 1024 -d t "
	 "image 64M && for i in $(seq 1 2 19999); do echo punch /f $i $i; done >c && debugfs -w -f "
	 "c image",
	 "/f"},
	{"find a name among 150,000, indexed",
	 "/usr/bin/python3 -B $OLDPWD/test/lib/bigdir.py image 150000 25 -t ext4",
	 "/d/0000000000000000000074999"},
	{"find a name among 150,000, not indexed",
	 "/usr/bin/python3 -B $OLDPWD/test/lib/bigdir.py image 150000 25 -t ext4 -O ^dir_index",
	 "/d/0000000000000000000074999"},
};

static void count_one(const struct work *w)
{
	struct memory_disk *d = disk_make(w->make);
	struct volume *v = NULL;
	struct file_info info;
	char *to = NULL;

	d->requests = 0;
	memory_peak = 0;
	assert_int_equal(fs_open(&d->block, &v), OK);
	assert_int_equal(vol_info(v, str_of(w->path), &info), OK);
	to = malloc(info.size);
	assert_non_null(to);
	assert_int_equal(vol_read(v, str_of(w->path), 0, to, info.size), OK);
	printf("%-42s %6u requests, largest %7zu KiB, memory %4zu KiB\n", w->what, d->requests,
	       d->largest / 1024, memory_peak / 1024);
	free(to);
	vol_close(v);
	disk_free(d);
}

static void requests_are_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(works) / sizeof(*works); i++)
		count_one(&works[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(requests_are_counted)};

	return cmocka_run_group_tests_name("bench_fs", tests, NULL, NULL);
}
