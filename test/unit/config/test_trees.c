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

/* Puts a byte-order mark before the text of every file. */
static void mark_files(char *tree)
{
	static char marked[DUMP_MAX];
	size_t n = 0;
	bool head = false;

	for (char *line = tree, *next; *line != '\0'; line = next) {
		size_t bytes = strcspn(line, "\n");
		bool begins = strncmp(line, "==> ", 4) == 0 || strncmp(line, "=== ", 4) == 0;

		bytes += line[bytes] == '\n';
		next = line + bytes;
		assert_true(n + bytes + 4 < sizeof(marked));
		if (head && !begins && strncmp(line, "\xef\xbb\xbf", 3) != 0)
			n += (size_t)sprintf(marked + n, "\xef\xbb\xbf");
		memcpy(marked + n, line, bytes);
		n += bytes;
		head = begins;
	}
	memcpy(tree, marked, n);
	tree[n] = '\0';
}

static bool pair_agrees(const char *directory, const char *name, bool marked)
{
	char path[512];
	struct report report = {0};
	struct arena arena = {0};
	struct config config;
	struct trees trees;
	const char *got;
	bool agrees;

	snprintf(path, sizeof(path), "%s/%s.in", directory, name);
	read_text(path, input);
	if (marked)
		mark_files(input);
	trees_make(&trees, input, &report);
	assert_int_equal(config_read(trees.volume[0], SIDE_GUEST, &(struct settings){0},
				     &trees.places, &arena, &report, &config),
			 OK);
	if (!config_boots(&config)) {
		struct config last;

		assert_int_equal(config_read(trees.volume[0], SIDE_GUEST_LAST,
					     &(struct settings){0}, &trees.places, &arena, &report,
					     &last),
				 OK);
		config = config_boots(&last) ? last : config;
	}
	got = config_dump(&config, trees.volume[0], &report);
	snprintf(path, sizeof(path), "%s/%s.want", directory, name);
	read_text(path, want);
	agrees = strcmp(got, want) == 0;
	if (!agrees)
		fprintf(stderr, "%s differs; this was read:\n%s", path, got); /* uncut */
	arena_free(&arena);
	trees_free(&trees);
	return agrees;
}

static void every_pair_agrees(void **state)
{
	const char *directory = *state;
	DIR *d = opendir(directory);
	unsigned pairs = 0, wrong = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		char *dot = strrchr(e->d_name, '.');

		if (dot == NULL || strcmp(dot, ".in") != 0)
			continue;
		*dot = '\0';
		wrong += !pair_agrees(directory, e->d_name, false);
		/* Some editors write one: it makes no difference in any file. */
		wrong += !pair_agrees(directory, e->d_name, true);
		pairs++;
	}
	closedir(d);
	assert_true(pairs > 0);
	assert_int_equal(wrong, 0);
}

/* Whatever does not fit, there is an answer, and only the want of memory is a failure. */
static void any_want_of_memory_is_told(void **state)
{
	static const char *const pairs[] = {"bls/fedora.in",      "bls/titles.in",
					    "extlinux/debian.in", "extlinux/submenus.in",
					    "legacy/saved.in",    "kernels/debian.in",
					    "grub/debian.in",     "grub/blscfg-words.in"};
	unsigned failed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs) * 64; i++) {
		struct report report = {0};
		struct arena arena = {.limit = (i % 64) * 4096 + 1};
		struct config config;
		struct trees trees;
		char path[512];
		enum status status;

		snprintf(path, sizeof(path), "test/config/%s", pairs[i / 64]);
		read_text(path, input);
		trees_make(&trees, input, &report);
		status = config_read(trees.volume[0], SIDE_GUEST, &(struct settings){0},
				     &trees.places, &arena, &report, &config);
		assert_true(status == OK || status == E_NO_MEMORY);
		assert_true(status == OK || report.n > 0);
		failed += status != OK;
		arena_free(&arena);
		trees_free(&trees);
	}
	assert_true(failed > 0);
}

/* A directory almost without an end. */
static enum status list_many(struct volume *v, struct str path, dir_fn *fn, void *context)
{
	enum status status = OK;
	unsigned n;

	if (!str_eq(path, S("/loader/entries")) && !str_eq(path, S("/boot")))
		return fail(v->report, E_NOT_FOUND, "%.*s: no such file", STR_ARG(path));
	for (n = 0; n < 100000 && status == OK; n++) {
		char name[32];

		snprintf(name, sizeof(name), path.n > 5 ? "%u.conf" : "vmlinuz-%u", n);
		status = fn(context, str_of(name), FILE_REGULAR);
	}
	assert_true(n < 1000);
	return status;
}

static void a_hundred_thousand_files_are_bounded(void **state)
{
	char text[] = "==> /nothing\n";
	struct report report = {0};
	struct arena arena = {0};
	struct config config;
	struct trees trees;
	struct volume_ops ops;
	char told[REPORT_SIZE + 1];

	(void)state;
	trees_make(&trees, text, &report);
	ops = *trees.volume[0]->ops;
	ops.list = list_many;
	trees.volume[0]->ops = &ops;
	assert_int_equal(config_read(trees.volume[0], SIDE_GUEST, &(struct settings){0},
				     &trees.places, &arena, &report, &config),
			 OK);
	memcpy(told, report.text, report.n);
	told[report.n] = '\0';
	assert_non_null(strstr(told, "more than 512 entries"));
	assert_int_equal(config.count, 64);
	arena_free(&arena);
	trees_free(&trees);
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
		LANGUAGE("grub"),
		cmocka_unit_test(any_want_of_memory_is_told),
		cmocka_unit_test(a_hundred_thousand_files_are_bounded),
	};

	return cmocka_run_group_tests_name("config trees", tests, NULL, NULL);
}
