/* What a GRUB script boots: linux, initrd and chainloader. */
#include "config/grub/commands.h"
#include "config/grub/file.h"
#include "config/grub/options.h"
#include "config/grub/words.h"
#include "config/lines/path.h"

/* Adds an argument as grub-core/lib/cmdline.c does: with quotes around it when it has a blank, a
 * backslash before quotes and backslashes, but `\xNN` as it is. */
static void add_argument(struct grub *g, struct str s)
{
	bool blank = str_find(s, ' ') < s.n;

	if (blank)
		grub_words_bytes(g, S("\""));
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool hex = grub_words_is_hex(str_skip(s, i + 1));

		if ((c == '\\' && !hex) || c == '\'' || c == '"')
			grub_words_bytes(g, S("\\"));
		grub_words_bytes(g, (struct str){s.p + i, 1});
	}
	if (blank)
		grub_words_bytes(g, S("\""));
}

/* The words behind the first, as one command line. */
static struct str join(struct grub *g, const struct grub_args *args)
{
	char *start = g->low;
	struct str line;

	for (unsigned i = 1; i < args->n; i++) {
		if (i > 1)
			grub_words_bytes(g, S(" "));
		add_argument(g, args->v[i]);
	}
	line = grub_keep(g, (struct str){start, (size_t)(g->low - start)});
	g->low = start;
	return line;
}

static bool is_file(struct grub *g, struct grub_path at)
{
	struct file_info info;

	return grub_look(g, at, true, &info) && info.type == FILE_REGULAR;
}

/* True when *AT exists. An entry of the Boot Loader Specification may have been written for a /boot
 * of its own: its files are looked for elsewhere too, and *AT becomes what is found. */
static bool find_file(struct grub *g, struct grub_path *at)
{
	if (is_file(g, *at))
		return true;
	if (!g->file->bls || !grub_going(g))
		return false;
	g->status = path_find(g->p, at->volume, at->path, &at->path);
	return is_file(g, *at);
}

/* linux, chainloader. A program that does not exist does not replace one that does. */
int grub_cmd_load(struct grub *g, struct grub_args *args)
{
	struct grub_boot *b = g->frame.boot;
	bool efi = args->variant == GRUB_CHAINLOADER, found;
	struct grub_path at = {0};
	int result;

	if (efi && args->n > 0 && str_eq(args->v[0], S("--force"))) {
		args->v++;
		args->n--;
	}
	if (args->n == 0)
		return GRUB_BAD_ARGUMENT;
	result = grub_path(g, args->v[0], &at);
	if (efi && !str_starts(args->v[0], S("/")) && !str_starts(args->v[0], S("("))) {
		b->other = S("chainloader of a boot sector");
		return GRUB_OK;
	}
	found = result == GRUB_OK && find_file(g, &at);
	if (found || !b->found) {
		b->loaded = true;
		b->found = found;
		b->kind = efi ? ENTRY_EFI : ENTRY_LINUX;
		b->volume = at.volume;
		b->path = grub_keep(g, result == GRUB_OK ? at.path : args->v[0]);
		b->options = join(g, args);
		b->initrds = 0;
		b->problem = (struct str){0};
	}
	return result != GRUB_OK ? result : found ? GRUB_OK : GRUB_NOT_FOUND;
}

_Static_assert(ENTRY_INITRDS == 16, "as add_initrd() says it");

/* Adds one initrd. What is wrong with it becomes the entry's problem. */
static int add_initrd(struct grub *g, struct str name)
{
	struct grub_boot *b = g->frame.boot;
	struct grub_path at = {0};
	int result = grub_path(g, name, &at);
	bool found;

	if (b->initrds == ENTRY_INITRDS) {
		b->problem = S("the entry has more than 16 initrds");
		return GRUB_BAD_ARGUMENT;
	}
	if (b->volume == NULL) {
		b->initrd[b->initrds++] = grub_keep(g, name);
		return GRUB_BAD_ARGUMENT;
	}
	if (result != GRUB_OK || at.volume != b->volume) {
		b->found = false;
		if (!str_fmt(&g->heap, &b->problem, "initrd %.*s is not on the kernel's volume",
			     STR_ARG(name)))
			grub_no_room(g);
		return result != GRUB_OK ? result : GRUB_NO_DEVICE;
	}
	found = find_file(g, &at);
	b->initrd[b->initrds++] = grub_keep(g, at.path);
	b->found &= found;
	return found ? GRUB_OK : GRUB_NOT_FOUND;
}

int grub_cmd_initrd(struct grub *g, struct grub_args *args)
{
	int result = GRUB_OK;

	if (args->n == 0 || !g->frame.boot->loaded)
		return GRUB_BAD_ARGUMENT;
	g->frame.boot->initrds = 0;
	g->frame.boot->problem = (struct str){0};
	for (unsigned i = 0; i < args->n && grub_going(g); i++) {
		int one = add_initrd(g, args->v[i]);

		if (result == GRUB_OK)
			result = one;
	}
	return result;
}
