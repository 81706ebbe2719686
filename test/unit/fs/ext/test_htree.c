/* fs/: one name in an indexed directory, by its hash; e2fsprogs is the oracle. */
#include <stdlib.h>

#include "fs/ext/hash.h"
#include "fs/filesystems.h"
#include "fs/volume.h"
#include "test/unit/disk.h"
#include "test/unit/memory.h"
#include "test/unit/test.h"
#include "test/unit/used_volume.h"

#define MIB  (1u << 20)
#define MANY 150000

static const char *const names[] = {
	"a",
	"vmlinuz-6.1.0-13-amd64",
	"fifteen-letters",
	"sixteen-letters-",
	"a-name-of-31-bytes-which-is-one",
	"a-name-of-32-bytes-which-is-full",
	"a-name-of-33-bytes-which-is-one-m",
	"h\xc3\xa9llo-w\xc3\xb6rld, more than thirty-two bytes of it",
	"\xff\xfe\x80\x81",
};

/* What debugfs says; KIND as it numbers them. */
static uint32_t oracle(unsigned kind, const char *seed, const char *name)
{
	char command[500], line[500];
	const char *found = NULL;
	FILE *f;

	snprintf(command, sizeof(command),
		 "PATH=$PATH:/sbin:/usr/sbin debugfs -R 'dx_hash -h %u %s%s \"%s\"' 2>/dev/null",
		 kind, seed ? "-s " : "", seed ? seed : "", name);
	f = popen(command, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		if ((found = strstr(line, " is 0x")) != NULL)
			break;
	}
	assert_non_null(found);
	pclose(f);
	return (uint32_t)strtoul(found + 4, NULL, 16);
}

static void hashes_are_those_of_e2fsprogs(void **state)
{
	static const uint32_t none[4], seed[4] = {0x67452301, 0xefcdab89, 0x67452301, 0xefcdab89};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		for (unsigned kind = 0; kind < 6; kind++) {
			struct str name = str_of(names[i]);
			enum ext_hash hash = (enum ext_hash)(kind % 3);

			assert_int_equal(ext_hash(hash, kind < 3, none, name),
					 oracle(kind, NULL, names[i]));
			assert_int_equal(
				ext_hash(hash, kind < 3, seed, name),
				oracle(kind, "01234567-89ab-cdef-0123-456789abcdef", names[i]));
		}
	}
}

static struct memory_disk *big_directory(void)
{
	return disk_make("/usr/bin/python3 -B $OLDPWD/test/lib/bigdir.py image 150000 25 -t ext4");
}

static struct str path_of(unsigned n)
{
	static char path[40];

	return (struct str){path, (size_t)snprintf(path, sizeof(path), "/d/%025u", n)};
}

static void one_name_among_150000_costs_a_handful_of_requests(void **state)
{
	struct memory_disk *d = big_directory();
	struct file_info dir, info;

	(void)state;
	for (unsigned n = 0; n <= MANY; n += MANY / 10) {
		struct volume *v;

		memory_peak = 0;
		v = open_disk(d);
		d->requests = 0;
		assert_int_equal(vol_info(v, path_of(n), &info), n < MANY ? OK : E_NOT_FOUND);
		/* Group descriptor, inodes, root directory, two levels of the tree, the names. */
		assert_in_range(d->requests, 3, 6);
		assert_true(d->largest <= MIB);
		assert_true(memory_peak < MIB / 8 || n == MANY);
		assert_int_equal(vol_info(v, S("/d"), &dir), OK);
		assert_in_range(d->requests, 3, dir.size / MIB);
		vol_close(v);
	}
	assert_int_equal(memory_used, 0);
	disk_free(d);
}

static void every_name_is_found_through_the_tree(void **state)
{
	struct memory_disk *d = big_directory();
	struct volume *v = open_disk(d);
	struct file_info info;

	(void)state;
	d->requests = 0;
	d->largest = 0;
	for (unsigned n = 0; n < MANY; n += 7) {
		assert_int_equal(vol_info(v, path_of(n), &info), OK);
		assert_int_equal(info.type, FILE_REGULAR);
	}
	/* Nothing was read in one piece that is larger than the root directory. */
	assert_int_equal(d->largest, 4096);
	assert_true(d->requests < MANY / 7 * 3);
	vol_close(v);
	disk_free(d);
}

static void any_read_on_the_way_may_fail(void **state)
{
	struct memory_disk *d = big_directory();
	struct file_info info;
	struct volume *v;

	(void)state;
	for (unsigned n = 1; n <= 6; n++) {
		v = open_disk(d);
		d->requests = 0;
		d->fail_at = n;
		assert_int_equal(vol_info(v, path_of(5), &info), E_IO);
		d->fail_at = 0;
		assert_int_equal(vol_info(v, path_of(5), &info), OK);
		vol_close(v);
	}
	disk_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_those_of_e2fsprogs),
		cmocka_unit_test(one_name_among_150000_costs_a_handful_of_requests),
		cmocka_unit_test(every_name_is_found_through_the_tree),
		cmocka_unit_test(any_read_on_the_way_may_fail),
	};

	return cmocka_run_group_tests_name("ext_htree", tests, NULL, NULL);
}
