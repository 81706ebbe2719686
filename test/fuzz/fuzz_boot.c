/* Boot files: the input is a partless.conf, a program to be started, keys that a person presses. */
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "config/config.h"
#include "config/pe.h"
#include "fs/volume.h"
#include "loader/edit.h"
#include "loader/keys.h"
#include "loader/plan.h"
#include "test/fuzz/fuzz.h"

/* docs/filesystems.md, "Limits". */
#define CONFIG_MEMORY (8u << 20)

#define LINE 64

static struct report report;

/* A volume whose every file holds the same bytes. */
struct one_file {
	struct volume volume; /* first: it is our handle */
	struct fuzz_input bytes;
};

static enum status info(struct volume *v, struct str path, bool follow, struct file_info *out)
{
	(void)follow;
	if (str_ends(path, S("?")))
		return fail(v->report, E_NOT_FOUND, "not there");
	*out = (struct file_info){str_ends(path, S("/")) ? FILE_DIRECTORY : FILE_REGULAR,
				  ((struct one_file *)v)->bytes.n};
	return OK;
}

static enum status read(struct volume *v, struct str path, uint64_t offset, void *to, size_t bytes)
{
	const struct one_file *f = (const struct one_file *)v;

	(void)path;
	if (offset > f->bytes.n || bytes > f->bytes.n - offset)
		fuzz_stop("read past the end of a file");
	if (bytes > 0)
		memcpy(to, f->bytes.p + offset, bytes);
	return OK;
}

static enum status list(struct volume *v, struct str path, dir_fn *fn, void *context)
{
	(void)fn, (void)context;
	return fail(v->report, E_NOT_FOUND, "%.*s is not there", STR_ARG(path));
}

static enum status readlink(struct volume *v, struct str path, struct arena *a, struct str *target)
{
	(void)a, (void)target;
	return fail(v->report, E_WRONG_TYPE, "%.*s is no symlink", STR_ARG(path));
}

static void close(struct volume *v)
{
	(void)v;
}

static const struct volume_ops ops = {info, read, list, readlink, close};

static void use_plan(const struct entry *e)
{
	static char initrd[ENTRY_INITRDS * 4096];
	struct plan plan;

	if (plan_boot(e, e->options, &report, &plan) != OK)
		return;
	if (plan.initrd_total <= sizeof(initrd) && plan_read_initrd(&plan, initrd) != OK)
		fuzz_stop("an initrd that was planned cannot be read");
}

static void use_config(struct fuzz_input in)
{
	struct one_file f = {{.ops = &ops, .type = "one", .name = S("disk"), .report = &report},
			     in};
	const struct places places = {0};
	struct arena arena = {0};
	struct config config = {0};
	unsigned count = 0;

	if (config_read(&f.volume, SIDE_GUEST, &places, &arena, &report, &config) != OK)
		fuzz_stop("a boot file used up the memory");
	for (const struct entry *e = config.first; e != NULL; e = e->next, count++) {
		if (e->id.n == 0 || e->title.n == 0)
			fuzz_stop("an entry without a name");
		for (const struct entry *other = e->next; other != NULL; other = other->next) {
			if (str_eq(e->id, other->id))
				fuzz_stop("two entries with one id");
		}
		use_plan(e);
	}
	if (count != config.count || count > ENTRIES_MAX)
		fuzz_stop("entries were counted wrongly");
	arena_free(&arena);
}

static void use_program(struct fuzz_input in)
{
	struct pe pe;
	size_t n = in.n < PE_HEAD ? in.n : PE_HEAD;

	(void)pe_check(in.p, n, in.n, &report, &pe);
}

static void edit(struct edit *e, uint32_t key)
{
	if (key != 0)
		edit_key(e, key);
	if (e->n > e->capacity || e->cursor > e->n)
		fuzz_stop("the line editor left its buffer");
}

/* Keys as a serial line brings them: with pauses, and any character. */
static void use_keys(struct fuzz_input in)
{
	struct key_decoder d = {0};
	char text[LINE];
	struct edit e;

	edit_begin(&e, text, sizeof(text), (struct str){(const char *)in.p, in.n / 2});
	while (in.n > 0) {
		uint32_t c = (uint32_t)fuzz_take(&in, 1);

		if (c == 0 && key_pending(&d))
			edit(&e, key_flush(&d));
		else
			edit(&e, key_feed(&d, c == 0xff ? (uint32_t)fuzz_take(&in, 4) : c));
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
	uint64_t what = fuzz_take(&in, 1);

	report = (struct report){0};
	fuzz_memory_limit(CONFIG_MEMORY);
	if (what % 4 == 0)
		use_keys(in);
	else if (what % 4 == 1)
		use_program(in);
	else
		use_config(in);
	fuzz_check_report(&report);
	fuzz_memory_check();
	return 0;
}
