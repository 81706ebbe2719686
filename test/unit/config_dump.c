/* A configuration as text, for tests to compare. */
#include "test/unit/config_dump.h"

#include "fs/volume.h"
#include "test/unit/test.h"

static char got[DUMP_MAX];
static size_t got_n;

size_t read_text(const char *path, char *buf)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		print_error("cannot open %s\n", path);
	assert_non_null(f);
	n = fread(buf, 1, DUMP_MAX - 1, f);
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

static void dump_entry(const struct entry *e, const struct volume *home)
{
	char line[16];

	snprintf(line, sizeof(line), "%u", e->line);
	put("\nentry", e->id);
	if (!str_eq(e->id, e->title))
		put("title", e->title);
	put("line", str_of(e->line > 0 ? line : ""));
	put("version", e->version);
	put("sort-key", e->sort_key);
	put(e->kind == ENTRY_LINUX ? "linux" : "efi", e->kernel);
	for (unsigned i = 0; i < e->initrds; i++)
		put("initrd", e->initrd[i]);
	put("options", e->options);
	if (e->volume != home)
		put("on", e->volume->name);
	put("problem", e->problem);
	snprintf(line, sizeof(line), "%u", (unsigned)e->left);
	put("tries", str_of(e->counted ? line : ""));
}

const char *config_dump(const struct config *c, const struct volume *home, const struct report *r)
{
	char timeout[16];

	got_n = 0;
	got[0] = '\0';
	snprintf(timeout, sizeof(timeout), "%u", c->timeout);
	if (c->timeout_said)
		put("timeout", str_of(timeout));
	put("default", c->default_entry != NULL ? c->default_entry->id : S(""));
	for (const struct entry *e = c->first; e != NULL; e = e->next)
		dump_entry(e, home);
	put("aside", c->aside);
	if (r->n > 0)
		got_n += (size_t)snprintf(got + got_n, sizeof(got) - got_n, "\nreport\n%.*s",
					  (int)r->n, r->text);
	return got;
}
