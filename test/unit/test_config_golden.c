/* config/: the pairs of test/config/LANGUAGE. NAME.in is a boot file, NAME.want what is read from
 * it. Run from the root of the tree. On the volume lies every file but those called *missing*. */
#include <dirent.h>
#include <stdlib.h>

#include "base/arena.h"
#include "config/config.h"
#include "fs/volume.h"
#include "test/unit/fake_volume.h"
#include "test/unit/test.h"

#define TEXT_MAX (1 << 20)

static char input[TEXT_MAX], want[TEXT_MAX], got[TEXT_MAX];
static size_t got_n;

static size_t read_file(const char *path, char *buf)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		print_error("cannot open %s\n", path);
	assert_non_null(f);
	n = fread(buf, 1, TEXT_MAX - 1, f);
	fclose(f);
	buf[n] = '\0';
	return n;
}

static void put(const char *name, struct str value)
{
	if (value.n > 0)
		got_n += (size_t)snprintf(got + got_n, sizeof(got) - got_n, "%s %.*s\n", name,
					  (int)value.n, value.p);
}

static void dump_entry(const struct entry *e)
{
	char line[16];

	snprintf(line, sizeof(line), "%u", e->line);
	put("\nentry", e->id);
	if (!str_eq(e->id, e->title))
		put("title", e->title);
	put("line", str_of(line));
	put("version", e->version);
	put("sort-key", e->sort_key);
	put(e->kind == ENTRY_LINUX ? "linux" : "efi", e->kernel);
	for (unsigned i = 0; i < e->initrds; i++)
		put("initrd", e->initrd[i]);
	put("options", e->options);
	put("problem", e->problem);
}

static void dump(const struct config *c, const struct report *r)
{
	char timeout[16];

	got_n = 0;
	got[0] = '\0';
	snprintf(timeout, sizeof(timeout), "%u", c->timeout);
	if (c->timeout_said)
		put("timeout", str_of(timeout));
	put("default", c->default_id);
	for (const struct entry *e = c->first; e != NULL; e = e->next)
		dump_entry(e);
	if (r->n > 0)
		got_n += (size_t)snprintf(got + got_n, sizeof(got) - got_n, "\nreport\n%.*s",
					  (int)r->n, r->text);
}

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
	struct volume *v;

	snprintf(path, sizeof(path), "%s/%s.in", directory, name);
	files[0].size = read_file(path, input);
	v = fake_volume(files, 3, &report);
	assert_int_equal(config_read(v, SIDE_GUEST, &(struct places){0}, &arena, &report, &config),
			 OK);
	dump(&config, &report);
	vol_close(v);
	arena_free(&arena);
	snprintf(path, sizeof(path), "%s/%s.want", directory, name);
	read_file(path, want);
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
