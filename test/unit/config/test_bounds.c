/* config/: menus that want more memory than there is, or come from folders without an end. Run from
 * the root of the tree. */
#include "base/arena.h"
#include "fs/volume.h"
#include "test/unit/config_dump.h"
#include "test/unit/test.h"
#include "test/unit/tree_volume.h"

static char input[DUMP_MAX];

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_want_of_memory_is_told),
		cmocka_unit_test(a_hundred_thousand_files_are_bounded),
	};

	return cmocka_run_group_tests_name("config bounds", tests, NULL, NULL);
}
