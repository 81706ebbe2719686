/* What a guest asks for by variables of the firmware: the input is settings of the host, the
 * variables, and the ids of the entries. */
#include <string.h>

#include "fs/volume.h"
#include "loader/interface/ids.h"
#include "loader/interface/interface.h"
#include "loader/interface/wishes.h"
#include "test/fuzz/fuzz.h"

#define ENTRIES 64
#define MEMORY  65536

static const char *const names[] = {"LoaderEntryOneShot", "LoaderEntryDefault",
				    "LoaderEntryLastBooted", "LoaderConfigTimeout",
				    "LoaderConfigTimeoutOneShot"};

#define NAMES (sizeof(names) / sizeof(*names))

/* A variable; `there` says whether it is. */
static struct {
	bool there;
	struct fuzz_input value;
} variables[NAMES];

static struct report report;
static struct volume volumes[2] = {{.name = S("disk 1")}, {.name = S("disk 2")}};
static struct disk disks[2];
static struct entry entries[ENTRIES];
static struct item items[ENTRIES];
static bool confidential;

static size_t find(const char *name)
{
	for (size_t i = 0; i < NAMES; i++) {
		if (strcmp(names[i], name) == 0)
			return i;
	}
	fuzz_stop("an unknown variable is asked for");
}

enum status platform_get(enum vendor vendor, const char *name, void *to, size_t room, size_t *bytes)
{
	size_t i = find(name);

	if (vendor != VENDOR_LOADER || !variables[i].there)
		return E_NOT_FOUND;
	if (variables[i].value.n > room)
		return E_LIMIT;
	memcpy(to, variables[i].value.p, variables[i].value.n);
	*bytes = variables[i].value.n;
	return OK;
}

enum status platform_set(enum vendor vendor, const char *name, enum keeping keeping, const void *p,
			 size_t bytes, struct report *r)
{
	size_t i = find(name);

	(void)vendor, (void)keeping, (void)p;
	if (bytes > 0 || !variables[i].there)
		fuzz_stop("a variable is written, or deleted without need");
	variables[i].there = false;
	return i % 2 == 0 ? OK : fail(r, E_IO, "it stays");
}

void platform_describe(struct arena *arena, struct facts *facts)
{
	(void)arena;
	*facts = (struct facts){.confidential = confidential};
}

/* A length in one byte, of units, and that many bytes more; 255: no variable. */
static void take_variables(struct fuzz_input *in)
{
	for (size_t i = 0; i < NAMES; i++) {
		uint64_t n = fuzz_take(in, 1);

		variables[i].there = n != 255;
		n = 2 * n < in->n ? 2 * n : in->n;
		variables[i].value = (struct fuzz_input){in->p, n};
		in->p += n;
		in->n -= n;
	}
}

/* A line for each entry: its volume and state, and its id. */
static unsigned take_entries(struct fuzz_input in)
{
	struct str rest = {(const char *)in.p, in.n};
	unsigned n = 0;

	for (; rest.n > 0 && n < ENTRIES; n++) {
		struct str line = str_cut(&rest, '\n');
		unsigned is = line.n > 0 ? (unsigned char)line.p[0] : 0;

		if (line.n > 0)
			line = str_skip(line, 1);
		entries[n] = (struct entry){.id = line,
					    .title = line,
					    .id_is_file = is & 1,
					    .id_more = is & 2 ? line.n / 2 : 0,
					    .problem = is & 4 ? S("gone") : S(""),
					    .menu = &volumes[is >> 3 & 1]};
		items[n] = (struct item){.entry = &entries[n], .disk = &disks[is >> 3 & 1]};
	}
	return n;
}

static void check_id(const struct item *item)
{
	struct str id = item->told_id, own = item->entry->id;

	if (id.n > ID_MAX)
		fuzz_stop("an id is too long");
	for (size_t i = 0; i < id.n; i++) {
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789+_.@-", id.p[i]) == NULL)
			fuzz_stop("an id has a character that userspace does not accept");
	}
	if (id.n > 0 && !str_starts(id, S("auto-")) && id.n != own.n - item->entry->id_more)
		fuzz_stop("an id neither begins with auto- nor is the name of a file");
}

static void check(const struct loader *l)
{
	const struct settings *s = &l->settings;
	bool named = s->said[SET_DISK];
	const struct item *chosen = &items[l->default_entry];

	if (l->default_entry >= l->entries_count)
		fuzz_stop("an entry is chosen that is not there");
	if (l->default_entry != 0 &&
	    (chosen->entry->problem.n > 0 || (named && !chosen->disk->named)))
		fuzz_stop("an entry is chosen that does not boot by itself");
	if (l->timeout > TIMEOUT_MAX ||
	    (s->said[SET_TIMEOUT] && s->timeout > 0 && l->timeout != s->timeout))
		fuzz_stop("the timeout is out of bounds");
	for (unsigned i = 0; i < l->entries_count; i++) {
		check_id(&items[i]);
		for (unsigned j = 0; j < i && items[i].told_id.n > 0; j++) {
			if (str_eq(items[i].told_id, items[j].told_id))
				fuzz_stop("two entries have the same id");
		}
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	struct interface interface = {0};
	struct loader l = {.report = &report, .entries = items, .timeout = 3};
	unsigned host = (unsigned)fuzz_take(&in, 1);

	report = (struct report){0};
	fuzz_memory_limit(n * 8 + MEMORY);
	confidential = (host & 15) == 15;
	disks[0].named = host & 2;
	l.settings.said[SET_DISK] = host & 1 ? SAID_BY_SMBIOS : SAID_NOWHERE;
	l.settings.said[SET_TIMEOUT] = host & 4 ? SAID_BY_SMBIOS : SAID_NOWHERE;
	l.settings.timeout = l.timeout = host & 4 ? host >> 4 : 3;
	take_variables(&in);
	l.entries_count = take_entries(in);
	(void)wishes_choose(&l, &interface);
	if (l.entries_count > 0)
		check(&l);
	fuzz_check_report(&report);
	arena_free(&l.arena);
	fuzz_memory_check();
	return 0;
}
