/* Boot menus of every language: the input is the files of one or more volumes, written as in
 * test/config (test/unit/tree_volume.h). */
#include <string.h>

#include "base/arena.h"
#include "config/config.h"
#include "config/kept.h"
#include "fs/volume.h"
#include "loader/plan.h"
#include "test/fuzz/fuzz.h"

#define FILES   64
#define VOLUMES 3

static struct report report;

struct file {
	struct str path, target, data; /* TARGET: of a symlink, else "" */
};

struct tree {
	struct volume volume; /* first: it is our handle */
	struct file file[FILES];
	unsigned files;
};

static const struct file *find(const struct tree *t, struct str path)
{
	for (unsigned i = 0; i < t->files; i++) {
		if (str_eq(t->file[i].path, path))
			return &t->file[i];
	}
	return NULL;
}

/* What PATH has between DIRECTORY and the next '/'; "" when it does not lie there. */
static struct str name_in(struct str directory, struct str path)
{
	while (str_ends(directory, S("/")))
		directory.n--;
	if (!str_starts(path, directory) || path.n <= directory.n || path.p[directory.n] != '/')
		return (struct str){0};
	path = str_skip(path, directory.n + 1);
	return str_cut(&path, '/');
}

static bool is_directory(const struct tree *t, struct str path)
{
	for (unsigned i = 0; i < t->files; i++) {
		if (name_in(path, t->file[i].path).n > 0)
			return true;
	}
	return str_eq(path, S("/"));
}

static const struct file *follow_link(const struct tree *t, struct str path)
{
	const struct file *f = find(t, path);

	for (unsigned links = 0; f != NULL && f->target.n > 0; links++)
		f = links < 8 ? find(t, f->target) : NULL;
	return f;
}

static enum status info(struct volume *v, struct str path, bool follow, struct file_info *out)
{
	const struct tree *t = (const struct tree *)v;
	const struct file *f = follow ? follow_link(t, path) : find(t, path);

	if (f != NULL)
		*out = (struct file_info){.type = f->target.n > 0 ? FILE_SYMLINK : FILE_REGULAR,
					  .size = f->data.n};
	else if (is_directory(t, path))
		*out = (struct file_info){.type = FILE_DIRECTORY};
	else
		return fail(v->report, E_NOT_FOUND, "%.*s is not there", STR_ARG(path));
	return OK;
}

static enum status read(struct volume *v, struct str path, uint64_t offset, void *to, size_t bytes)
{
	const struct file *f = follow_link((const struct tree *)v, path);

	if (f == NULL)
		return fail(v->report, E_NOT_FOUND, "%.*s is not there", STR_ARG(path));
	if (offset > f->data.n || bytes > f->data.n - offset)
		fuzz_stop("read past the end of a file");
	if (bytes > 0)
		memcpy(to, f->data.p + offset, bytes);
	return OK;
}

static enum status list(struct volume *v, struct str path, dir_fn *fn, void *context)
{
	const struct tree *t = (const struct tree *)v;
	enum status status = OK;

	if (!is_directory(t, path))
		return fail(v->report, E_NOT_FOUND, "%.*s is not there", STR_ARG(path));
	for (unsigned i = 0; i < t->files && status == OK; i++) {
		const struct file *f = &t->file[i];
		struct str name = name_in(path, f->path);
		bool last = name.n > 0 && name.p + name.n == f->path.p + f->path.n;

		if (name.n > 0)
			status = fn(context, name,
				    !last             ? FILE_DIRECTORY
				    : f->target.n > 0 ? FILE_SYMLINK
						      : FILE_REGULAR);
	}
	return status;
}

static enum status readlink(struct volume *v, struct str path, struct arena *a, struct str *target)
{
	const struct file *f = find((const struct tree *)v, path);

	if (f == NULL || f->target.n == 0)
		return fail(v->report, E_WRONG_TYPE, "%.*s is no symlink", STR_ARG(path));
	return str_fmt(a, target, "%.*s", STR_ARG(f->target)) ? OK : E_NO_MEMORY;
}

static void close(struct volume *v)
{
	(void)v;
}

static const struct volume_ops ops = {info, read, list, readlink, NULL, close};

static struct tree trees[VOLUMES];
static struct place place[VOLUMES];

/* The volume's number, and whatever follows it for a UUID. */
static void begin_tree(unsigned n, struct str said)
{
	struct tree *t = &trees[n];
	struct str disk = str_cut(&said, ' '), part = str_cut(&said, ' ');

	*t = (struct tree){
		.volume = {.ops = &ops, .type = "tree", .name = S("disk"), .report = &report}};
	for (size_t i = 0; i < said.n && i + 1 < sizeof(t->volume.uuid); i++)
		t->volume.uuid[i] = said.p[i];
	place[n] = (struct place){&t->volume, disk.n == 1 ? disk.p[0] & 7u : n,
				  part.n == 1 ? part.p[0] & 7u : 0};
}

/* Takes the text apart into the files of TREES; answers how many of those there are. */
static unsigned plant(struct str text)
{
	unsigned n = 0;
	struct file *f = NULL;

	begin_tree(0, S(""));
	while (text.n > 0) {
		struct str line = str_cut(&text, '\n');
		struct tree *t = &trees[n];

		if (str_starts(line, S("=== ")) && n + 1 < VOLUMES) {
			begin_tree(++n, str_skip(line, 4));
			f = NULL;
		} else if (str_starts(line, S("==> ")) && t->files < FILES) {
			size_t arrow = str_find(line, '>') + 2;
			struct str path = str_skip(line, arrow);

			f = &t->file[t->files++];
			*f = (struct file){.path = str_cut(&path, ' '), .data = {text.p, 0}};
			f->path.n = str_find(f->path, '\0'); /* no name has one */
			if (str_starts(path, S("-> ")))
				f->target = str_skip(path, 3);
		} else if (f != NULL) {
			f->data.n = (size_t)(line.p + line.n - f->data.p) + (text.n > 0);
		}
	}
	return n + 1;
}

static void use_plan(const struct entry *e)
{
	static char initrd[ENTRY_INITRDS * 4096];
	struct plan plan;

	if (plan_boot(e, e->options, &report, &plan) != OK)
		return;
	if (plan.initrd_total <= sizeof(initrd) &&
	    plan_read_initrd(&plan, 0, initrd, (size_t)plan.initrd_total) != OK)
		fuzz_stop("an initrd that was planned cannot be read");
}

static void check_menu(const struct config *config)
{
	unsigned count = 0;
	bool found = config->default_entry == NULL, found_once = config->once == NULL;

	for (const struct entry *e = config->first; e != NULL; e = e->next, count++) {
		if (e->id.n == 0 || e->title.n == 0)
			fuzz_stop("an entry without a name");
		for (const struct entry *other = e->next; other != NULL; other = other->next) {
			if (str_eq(e->id, other->id))
				fuzz_stop("two entries with one id");
		}
		found |= e == config->default_entry;
		found_once |= e == config->once;
		use_plan(e);
	}
	if (!found || !found_once)
		fuzz_stop("a default that is no entry");
	if (count != config->count || count > ENTRIES_MAX)
		fuzz_stop("entries were counted wrongly");
}

/* What the machine has kept: for the files of which the first reading wanted something to be kept,
 * whatever the file /kept of the first volume holds. */
static struct {
	char name[KEPT_NAME];
	char head[1024];
	size_t n;
} heads[8];
static unsigned heads_count;

static void add_heads(const struct kept *k)
{
	for (; k != NULL && heads_count < sizeof(heads) / sizeof(*heads); k = k->next) {
		if (k->text.n > 0 && !str_starts(k->text, k->head))
			fuzz_stop("what is kept does not say of what");
		if (strlen(k->name) >= KEPT_NAME || k->head.n > sizeof(heads->head))
			continue;
		memcpy(heads[heads_count].name, k->name, KEPT_NAME);
		memcpy(heads[heads_count].head, k->head.p, k->head.n);
		heads[heads_count++].n = k->head.n;
	}
}

static enum status recall(const char *name, void *to, size_t room, size_t *bytes)
{
	const struct file *f = find(&trees[0], S("/kept"));
	size_t n = f != NULL ? f->data.n : 0;

	for (unsigned i = 0; i < heads_count; i++) {
		if (strcmp(heads[i].name, name) != 0)
			continue;
		if (heads[i].n + n > room)
			return E_LIMIT;
		memcpy(to, heads[i].head, heads[i].n);
		if (n > 0)
			memcpy((char *)to + heads[i].n, f->data.p, n);
		*bytes = heads[i].n + n;
		return OK;
	}
	return E_NOT_FOUND;
}

static void use_volume(struct volume *v, const struct places *places, enum config_side side)
{
	struct arena arena = {.limit = CONFIG_MOST};
	struct config config = {0};
	enum status status =
		config_read(v, side, &(struct settings){0}, places, &arena, &report, &config);

	if (status == OK)
		check_menu(&config);
	else if (status != E_NO_MEMORY)
		fuzz_stop("a boot file cost the menu");
	if (status == OK) {
		add_heads(config.kept);
		add_heads(config.kept_once);
		for (const struct entry *e = config.first; e != NULL; e = e->next) {
			add_heads(e->kept);
			add_heads(e->kept_once);
		}
	}
	arena_free(&arena);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const enum config_side sides[] = {SIDE_GUEST, SIDE_GUEST, SIDE_GUEST_LAST};
	struct places places = {
		.p = place, .count = plant((struct str){(const char *)data, n}), .recall = recall};

	fuzz_memory_limit(MENU_MOST);
	heads_count = 0;
	for (unsigned i = 0; i < places.count; i++) {
		/* Once more with what the first reading wanted to be kept. */
		for (unsigned side = 0; side < 3; side++) {
			if (side == 1 && heads_count == 0)
				continue;
			report = (struct report){0};
			use_volume(&trees[i].volume, &places, sides[side]);
			fuzz_check_report(&report);
			fuzz_memory_check();
		}
	}
	return 0;
}
