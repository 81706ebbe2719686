/* config/: the pairs of test/config/LANGUAGE for languages that read more than one file. NAME.in is
 * a tree, as test/unit/tree_volume.h has it, NAME.want what is read from it. Run from the root of
 * the tree. */
#include <dirent.h>

#include "base/arena.h"
#include "fs/volume.h"
#include "test/unit/config_dump.h"
#include "test/unit/test.h"
#include "test/unit/tree_volume.h"

static char input[DUMP_MAX], want[DUMP_MAX];

static void check_pair(const char *directory, const char *name)
{
	char path[512];
	struct report report = {0};
	struct arena arena = {0};
	struct config config;
	struct trees trees;
	const char *got;

	snprintf(path, sizeof(path), "%s/%s.in", directory, name);
	read_text(path, input);
	trees_make(&trees, input, &report);
	assert_int_equal(
		config_read(trees.volume[0], SIDE_GUEST, &trees.places, &arena, &report, &config),
		OK);
	got = config_dump(&config, trees.volume[0], &report);
	snprintf(path, sizeof(path), "%s/%s.want", directory, name);
	read_text(path, want);
	if (strcmp(got, want) != 0)
		print_error("%s differs; this was read:\n%s", path, got);
	assert_string_equal(got, want);
	arena_free(&arena);
	trees_free(&trees);
}

static void every_pair_agrees(void **state)
{
	const char *directory = *state;
	DIR *d = opendir(directory);
	unsigned pairs = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		char *dot = strrchr(e->d_name, '.');

		if (dot == NULL || strcmp(dot, ".in") != 0)
			continue;
		*dot = '\0';
		check_pair(directory, e->d_name);
		pairs++;
	}
	closedir(d);
	assert_true(pairs > 0);
}

#define LANGUAGE(name)                                                                          \
	{                                                                                       \
		"test/config/" name, every_pair_agrees, NULL, NULL, (void *)"test/config/" name \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LANGUAGE("bls"),
		LANGUAGE("extlinux"),
		LANGUAGE("legacy"),
		LANGUAGE("kernels"),
	};

	return cmocka_run_group_tests_name("config trees", tests, NULL, NULL);
}
