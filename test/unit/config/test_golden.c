/* config/: the pairs of test/config/LANGUAGE. NAME.in is a boot file, NAME.want what is read from
 * it. Run from the root of the tree. On the volume lies every file but those called *missing*. */
#include <dirent.h>
#include <stdlib.h>

#include "base/arena.h"
#include "config/config.h"
#include "fs/volume.h"
#include "test/unit/config_dump.h"
#include "test/unit/fake_volume.h"
#include "test/unit/test.h"

static char input[DUMP_MAX], want[DUMP_MAX];

static void check_pair(const char *directory, const char *boot_file, const char *name)
{
	char path[512];
	struct fake_file files[] = {
		{.path = boot_file, .type = FILE_REGULAR, .data = input},
		{.path = "*missing*", .fails = E_NOT_FOUND},
		{.path = "/*", .type = FILE_REGULAR, .size = 4096},
	};
	struct report report = {0};
	struct arena arena = {0};
	struct config config;
	const char *got;
	struct volume *v;

	snprintf(path, sizeof(path), "%s/%s.in", directory, name);
	files[0].size = read_text(path, input);
	v = fake_volume(files, 3, &report);
	assert_int_equal(config_read(v, SIDE_GUEST, &(struct settings){0}, &(struct places){0},
				     &arena, &report, &config),
			 OK);
	got = config_dump(&config, v, &report);
	vol_close(v);
	arena_free(&arena);
	snprintf(path, sizeof(path), "%s/%s.want", directory, name);
	read_text(path, want);
	if (strcmp(got, want) != 0)
		print_error("%s differs; this was read:\n%s", path, got);
	assert_string_equal(got, want);
}

static void every_pair_agrees(void **state)
{
	static const char directory[] = "test/config/partless";
	DIR *d = opendir(directory);
	unsigned pairs = 0;

	(void)state;
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		char *dot = strrchr(e->d_name, '.');

		if (dot == NULL || strcmp(dot, ".in") != 0)
			continue;
		*dot = '\0';
		check_pair(directory, "/boot/partless.conf", e->d_name);
		pairs++;
	}
	closedir(d);
	assert_true(pairs > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_pair_agrees)};

	return cmocka_run_group_tests_name("config golden", tests, NULL, NULL);
}
