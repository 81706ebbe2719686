/* Tries of entries over several boots: tries.c, kept.c, bls/folder.c, partless_conf.c. */
#include "base/arena.h"
#include "config/config.h"
#include "config/kept.h"
#include "fs/volume.h"
#include "test/unit/test.h"
#include "test/unit/tree_volume.h"

#define UUID "11111111-2222-3333-4444-555555555555"

/* The guest's files but for its kernels. */
static const char *files;
static struct trees trees;
static struct arena arena;
static struct report report;
static struct config config;

static struct {
	char name[KEPT_NAME], text[KEPT_MAX];
	size_t n;
} kept[4];
static unsigned writes;

static size_t find(const char *name)
{
	size_t i = 0;

	while (kept[i].n > 0 && strcmp(kept[i].name, name) != 0)
		assert_true(++i < sizeof(kept) / sizeof(*kept));
	return i;
}

static enum status recall(const char *name, void *to, size_t room, size_t *n)
{
	size_t i = find(name);

	if (kept[i].n == 0)
		return E_NOT_FOUND;
	assert_true(kept[i].n <= room);
	memcpy(to, kept[i].text, kept[i].n);
	*n = kept[i].n;
	return OK;
}

static int teardown(void **state)
{
	(void)state;
	trees_free(&trees);
	trees = (struct trees){0};
	arena_free(&arena);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	memset(kept, 0, sizeof(kept));
	writes = 0;
	tree_inode = 13;
	tree_changed = 1;
	return 0;
}

static void start(enum config_side side)
{
	static char text[8192];
	struct settings settings = {0};

	teardown(NULL);
	report = (struct report){0};
	snprintf(text, sizeof(text), "==> /no\n=== 1 0 " UUID " root\n==> /k\n%s", files);
	trees_make(&trees, text, &report);
	trees.places.recall = recall;
	assert_int_equal(config_read(trees.volume[1], side, &settings, &trees.places, &arena,
				     &report, &config),
			 OK);
}

static const struct entry *with_title(const char *title)
{
	const struct entry *e = config.first;

	while (!str_eq(e->title, str_of(title)))
		e = e->next;
	return e;
}

/* The loader starts the entry. */
static void start_entry(const char *title)
{
	const struct kept *k = with_title(title)->kept;
	size_t i;

	if (k == NULL)
		return;
	i = find(k->name);
	strcpy(kept[i].name, k->name);
	memcpy(kept[i].text, k->text.p, k->text.n);
	kept[i].n = k->text.n;
	kept[i].text[kept[i].n] = '\0';
	writes++;
	assert_null(k->next);
}

/* What is left of the entry's tries; -1 when it is not counted. */
static int left(const char *title)
{
	const struct entry *e;

	start(SIDE_GUEST);
	e = with_title(title);
	return e->counted ? (int)e->left : -1;
}

static const char *first(void)
{
	static char title[64];

	snprintf(title, sizeof(title), "%.*s", STR_ARG(config.first->title));
	return title;
}

static void a_boot_counter_counts_down_and_is_last_when_spent(void **state)
{
	(void)state;
	files = "==> /loader/entries/b-2+3.conf\ntitle B2\nlinux /k\n"
		"==> /loader/entries/b-1.conf\ntitle B1\nlinux /k\n";
	for (int i = 3; i > 0; i--) {
		assert_int_equal(left("B2"), i);
		assert_string_equal(first(), "B2");
		assert_false(entry_is_spent(config.first));
		start_entry("B2");
	}
	assert_int_equal(left("B2"), 0);
	assert_string_equal(first(), "B1");
	assert_true(entry_is_spent(with_title("B2")));
	assert_int_equal(left("B1"), -1);
	start_entry("B2"); /* a person may choose it: there is nothing left to count */
	start_entry("B1");
	assert_int_equal(writes, 3);
	assert_string_equal(strchr(kept[0].text, '\n') + 1, "3 1 B2\n");
	assert_true(strncmp(kept[0].text, "Partless 1: /loader/entries/b-2+3.conf on " UUID ", ",
			    strlen("Partless 1: /loader/entries/b-2+3.conf on " UUID ", ")) == 0);
}

static void a_name_that_the_guest_changes_counts_alone(void **state)
{
	(void)state;
	files = "==> /loader/entries/b+3.conf\ntitle B\nlinux /k\n";
	start(SIDE_GUEST);
	start_entry("B");
	assert_int_equal(left("B"), 2);
	files = "==> /loader/entries/b.conf\ntitle B\nlinux /k\n";
	assert_int_equal(left("B"), -1);
	files = "==> /loader/entries/b+1-2.conf\ntitle B\nlinux /k\n";
	assert_int_equal(left("B"), 1);
	files = "==> /loader/entries/b+0-3.conf\ntitle B\nlinux /k\n";
	assert_int_equal(left("B"), 0);
	assert_null(config.first->kept);
	files = "==> /loader/entries/b+3.conf\ntitle B\nlinux /k\n";
	tree_changed++; /* renamed and back again */
	assert_int_equal(left("B"), 3);
}

static const char two_counted[] = "==> /boot/partless.conf\n"
				  "title New\nlinux /k\ntries 2\n"
				  "title Old\nlinux /k\n"
				  "title Older\ntries 3\nlinux /k\n";

static void entries_of_one_file_are_counted_apart(void **state)
{
	(void)state;
	files = two_counted;
	assert_int_equal(left("New"), 2);
	start_entry("New");
	assert_int_equal(left("New"), 1);
	assert_int_equal(left("Older"), 3);
	start_entry("Older");
	assert_int_equal(left("New"), 1);
	assert_int_equal(left("Older"), 2);
	assert_int_equal(left("Old"), -1);
	assert_string_equal(strchr(kept[0].text, '\n') + 1, "1 6 Older\n1 1 New\n");
	start_entry("New");
	assert_string_equal(strchr(kept[0].text, '\n') + 1, "2 1 New\n1 6 Older\n");
	assert_int_equal(left("New"), 0);
}

static void what_the_guest_calls_good_is_counted_no_more(void **state)
{
	(void)state;
	files = two_counted;
	start(SIDE_GUEST);
	start_entry("New");
	strcpy(strchr(kept[0].text, '\n') + 1, "good 1 New\n1 6 Older\n");
	kept[0].n = strlen(kept[0].text);
	assert_int_equal(left("New"), -1);
	assert_null(with_title("New")->kept);
	assert_int_equal(left("Older"), 2);
	start_entry("Older");
	assert_string_equal(strchr(kept[0].text, '\n') + 1, "2 6 Older\ngood 1 New\n");
	tree_changed++; /* the file is written */
	assert_int_equal(left("New"), 2);
}

static void the_hosts_own_file_is_known_by_its_bytes(void **state)
{
	const struct entry *e;

	(void)state;
	tree_inode = 0;
	tree_changed = 0;
	files = "==> /partless.conf\ntitle Own\nefi /k\ntries 1\n";
	start(SIDE_HOST);
	start_entry("Own");
	start(SIDE_HOST);
	e = with_title("Own");
	assert_true(entry_is_spent(e));
	files = "==> /partless.conf\ntitle Own\nefi /k\ntries 1\n# new\n";
	start(SIDE_HOST);
	e = with_title("Own");
	assert_false(entry_is_spent(e));
}

static void a_number_of_tries_is_checked(void **state)
{
	(void)state;
	files = "==> /boot/partless.conf\ntitle A\nlinux /k\ntries 0\ntitle B\nlinux /k\n"
		"tries 1001\ntitle C\nlinux /k\ntries often\n";
	assert_int_equal(left("A"), -1);
	report.text[report.n] = '\0';
	assert_string_equal(report.text,
			    "/boot/partless.conf:3: 'tries' takes a number from 1 to 1000\n"
			    "/boot/partless.conf:6: 'tries' takes a number from 1 to 1000\n"
			    "/boot/partless.conf:9: 'tries' takes a number from 1 to 1000\n");
}

/* Anybody in the guest can write the variable. */
static void what_somebody_else_kept_is_harmless(void **state)
{
	static const struct {
		const char *text;
		int left;
	} lies[] = {
		{"18446744073709551615 1 New\n", 0},
		{"18446744073709551616 1 New\n", 2},
		{"1 1 New", 1},
		{"1 1", 2},
		{"good", 2},
		{"good 1", 2},
		{"good 1 ", -1},
		{"1 18446744073709551617 New\n", 2},
		{"-1 1 New\n", 2},
		{"\n\n\n1 1 \n", 1},
		{"1 1 New\n2 1 New\ngood 1 New\n", 1},
		{"", 2},
	};

	(void)state;
	files = two_counted;
	start(SIDE_GUEST);
	start_entry("New");
	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		strcpy(strchr(kept[0].text, '\n') + 1, lies[i].text);
		kept[0].n = strlen(kept[0].text);
		assert_int_equal(left("New"), lies[i].left);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_boot_counter_counts_down_and_is_last_when_spent),
		TEST(a_name_that_the_guest_changes_counts_alone),
		TEST(entries_of_one_file_are_counted_apart),
		TEST(what_the_guest_calls_good_is_counted_no_more),
		TEST(the_hosts_own_file_is_known_by_its_bytes),
		TEST(a_number_of_tries_is_checked),
		TEST(what_somebody_else_kept_is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
