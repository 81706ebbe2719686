/* Prints what config/ reads from a file of test/config, for test/config/test_golden.py to compare:
 *
 *     golden partless FILE    FILE is a partless.conf; all other files are there, but for *missing*
 *     golden tree FILE        FILE is a tree, as test/unit/tree_volume.h has it
 *     golden marked FILE      the same, with a byte-order mark before the text of every file
 */
#include "base/arena.h"
#include "fs/volume.h"
#include "test/unit/config_dump.h"
#include "test/unit/fake_volume.h"
#include "test/unit/test.h"
#include "test/unit/tree_volume.h"

static char input[DUMP_MAX];
static struct report report;
static struct arena arena;
static struct str only; /* the one language that is read; "": all */

static void read_menu(struct volume *v, enum config_side side, const struct places *places,
		      struct config *config)
{
	struct settings settings = {.config = only};

	assert_int_equal(config_read(v, side, &settings, places, &arena, &report, config), OK);
}

static void print_file(const char *path)
{
	const struct places places = {0};
	struct fake_file files[] = {
		{.path = "/boot/partless.conf", .type = FILE_REGULAR, .data = input},
		{.path = "*missing*", .fails = E_NOT_FOUND},
		{.path = "/*", .type = FILE_REGULAR, .size = 4096},
	};
	struct config config;
	struct volume *v;

	only = S("partless"); /* the files of all others seem to be there, too */
	files[0].size = read_text(path, input);
	v = fake_volume(files, 3, &report);
	read_menu(v, SIDE_GUEST, &places, &config);
	fputs(config_dump(&config, v, &report), stdout);
	vol_close(v);
}

/* Some editors write a byte-order mark: it makes no difference in any file. */
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

static void print_tree(const char *path, bool marked)
{
	struct config config, last;
	struct trees trees;

	read_text(path, input);
	if (marked)
		mark_files(input);
	trees_make(&trees, input, &report);
	read_menu(trees.volume[0], SIDE_GUEST, &trees.places, &config);
	if (!config_boots(&config)) {
		read_menu(trees.volume[0], SIDE_GUEST_LAST, &trees.places, &last);
		config = config_boots(&last) ? last : config;
	}
	fputs(config_dump(&config, trees.volume[0], &report), stdout);
	trees_free(&trees);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	if (strcmp(argv[1], "partless") == 0)
		print_file(argv[2]);
	else
		print_tree(argv[2], strcmp(argv[1], "marked") == 0);
	arena_free(&arena);
	return 0;
}
