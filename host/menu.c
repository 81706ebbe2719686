/* Makes the loader's menu from images on the host. */
#include "host/menu.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/utf8.h"
#include "fs/filesystems.h"
#include "host/arch.h"
#include "host/command.h"
#include "host/directory.h"
#include "host/image.h"
#include "host/platform.h"
#include "loader/explain.h"
#include "loader/once.h"
#include "loader/settings/channels.h"

/* Options that have no letter. */
enum { VARS = 256, LOADER, DIRECT, ENTRY, EVENTS };

/* What parse() fills in. */
struct parsed {
	struct menu_args args;
	char **images;
	struct report report; /* what is wrong with the settings or the variables */
};

/* The images named are virtio disks, in their order. */
static void add_images(struct parsed *parsed)
{
	struct menu_args *a = &parsed->args;

	a->disks = calloc(a->count + 1, sizeof(*a->disks));
	if (a->disks == NULL) {
		note(&parsed->report, "no memory for %u disks", a->count);
		a->count = 0;
	}
	for (unsigned i = 0; i < a->count; i++)
		a->disks[i] = (struct menu_disk){.image = parsed->images[i],
						 .format = a->format,
						 .bus = BUS_VIRTIO,
						 .virtio = true};
}

/* What does not go together. */
static void check_args(const struct menu_args *a, struct argp_state *state)
{
	if (a->count > DISKS_MAX && !a->each)
		argp_error(state, "at most %d images of one machine", DISKS_MAX);
	if (a->vars != NULL && a->each)
		argp_error(state, "--vars is of one machine, --each of many: name one of them");
	if (a->checks && a->loader != NULL && a->count > 0)
		argp_error(state, "--loader checks the loader, and no image");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct parsed *parsed = state->input;
	struct menu_args *a = &parsed->args;

	switch (key) {
	case 'j':
		a->json = true;
		return 0;
	case 'e':
		a->each = true;
		return 0;
	case 's':
		channel_assign(&a->settings, SAID_ON_COMMAND_LINE, str_of(arg), &parsed->report);
		return 0;
	case 'a':
		if (!arch_choose(arg))
			argp_error(state, "the processor '%s' is not known: x86-64 or aarch64",
				   arg);
		return 0;
	case 'f':
		if (!image_format_known(arg))
			argp_error(state, "the format '%s' is not known: %s", arg, image_formats);
		a->format = arg;
		return 0;
	case VARS:
		a->vars = arg;
		return 0;
	case LOADER:
		a->loader = arg;
		return 0;
	case DIRECT:
		a->direct = true;
		return 0;
	case ENTRY:
		a->entry = arg;
		return 0;
	case EVENTS:
		a->events = true;
		return 0;
	case ARGP_KEY_ARGS:
		parsed->images = state->argv + state->next;
		a->count = (unsigned)(state->argc - state->next);
		return 0;
	case ARGP_KEY_NO_ARGS:
		if (!a->checks || a->loader == NULL)
			argp_error(state, "which image?");
		return 0;
	case ARGP_KEY_END:
		check_args(a, state);
		add_images(parsed);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* True when the disk may be at fault, rather than what is on it. */
static bool is_damage(enum status status)
{
	return status == E_IO || status == E_CORRUPT || status == E_NO_MEMORY;
}

/* How many disks on BUS come before the disk NUMBER. */
static unsigned linux_index(const struct host_menu *m, enum bus bus, unsigned number)
{
	unsigned n = 0;

	for (unsigned i = 0; i < m->loader.count; i++)
		n += m->disks[i].bus == bus && m->disks[i].number < number &&
		     m->disks[i].partition == 0;
	return n;
}

static void add_disk(struct host_menu *m, const struct menu_disk *disk, struct block *block,
		     unsigned number, unsigned partition)
{
	if (m->loader.count == DISKS_MAX) {
		note(&m->report, "%.*s is left out: at most %d disks and partitions are read",
		     STR_ARG(block->name), DISKS_MAX);
		return;
	}
	m->disks[m->loader.count++] =
		(struct disk){.block = block,
			      .number = number,
			      .partition = partition,
			      .link = disk->link,
			      .virtio = disk->virtio,
			      .bus = disk->bus,
			      .linux_index = linux_index(m, disk->bus, number),
			      .linux_sure = disk->bus == BUS_VIRTIO,
			      .serial = disk->serial,
			      .boot_place = disk->boot_place};
}

/* Adds an image and its partitions, as the firmware would show them to the loader. False when it
 * cannot be opened. */
static bool add_image(struct host_menu *m, const struct menu_disk *disk, unsigned number)
{
	struct image *image;
	struct partition *list;
	struct block *block;
	unsigned count, partition;

	if (image_open(disk->image, disk->format, &m->report, &image) != OK)
		return false;
	for (unsigned i = 0; i < m->images_count; i++) {
		if (!image_is_same(image, m->images[i]))
			continue;
		note(&m->report, "%s is left out: it is the same file as %.*s", disk->image,
		     STR_ARG(image_block(m->images[i], &partition)->name));
		image_close(image);
		return true;
	}
	m->images[m->images_count++] = image;
	block = image_block(image, &partition);
	add_disk(m, disk, block, number, partition);
	m->damaged |= is_damage(image_partitions(image, &list, &count));
	for (unsigned i = 0; i < count; i++)
		add_disk(m, disk, &list[i].block, number, list[i].number);
	return true;
}

/* Opens all images even if one fails: each failure is reported. */
static bool open_images(struct host_menu *m, const struct menu_disk *disks, unsigned count)
{
	bool opened = true;

	m->disks = calloc(DISKS_MAX, sizeof(*m->disks));
	m->images = calloc(count, sizeof(struct image *));
	if (m->disks == NULL || m->images == NULL)
		return fail(&m->report, E_NO_MEMORY, "no memory for %u disks", count) == OK;
	m->loader.disks = m->disks;
	for (unsigned i = 0; i < count; i++)
		opened &= add_image(m, &disks[i], i);
	return opened;
}

/* Chooses what the guest asks for its next boot, as with a firmware that keeps its variables. */
static void choose_once(struct loader *l)
{
	unsigned usual = l->default_entry;

	once_choose(l, false);
	if (l->default_entry != usual)
		note(l->report,
		     "the guest asks for '%.*s' at its next boot only; after that '%.*s' boots",
		     STR_ARG(l->entries[l->default_entry].entry->title),
		     STR_ARG(l->entries[usual].entry->title));
}

/* What every such command takes. */
#define COMMON_OPTIONS                                                                             \
	{"json", 'j', NULL, 0, "Print JSON", 0}, {"format", 'f', "NAME", 0, IMAGE_FORMAT_HELP, 0}, \
		{"arch", 'a', "NAME", 0, "The guest's processor, x86-64 or aarch64 (the host's)",  \
		 0},                                                                               \
		{"set", 's', "NAME=VALUE", 0, "A setting, as the host would give it to the guest", \
		 0},                                                                               \
	{                                                                                          \
		"vars", VARS, "VARS.fd", 0,                                                        \
			"The guest's flash, in which its firmware keeps its variables (it has "    \
			"none)",                                                                   \
			0                                                                          \
	}

static const struct argp_option no_more[] = {COMMON_OPTIONS, {0}};

static const struct argp_option checking[] = {
	COMMON_OPTIONS,
	{"each", 'e', NULL, 0, "Each image is a machine of its own", 0},
	{"loader", LOADER, "FILE", 0, "Check the loader's file instead of an image", 0},
	{0},
};

static const struct argp_option measuring[] = {
	COMMON_OPTIONS,
	{"loader", LOADER, "FILE", 0, "The loader that the guest boots through", 0},
	{"direct", DIRECT, NULL, 0, "The loader is the machine's kernel, QEMU's -kernel", 0},
	{"entry", ENTRY, "ID", 0, "The entry that boots (the default)", 0},
	{"events", EVENTS, NULL, 0, "Print each event of the log, too", 0},
	{0},
};

static const struct argp_option *const options_of[] = {
	[MENU_NO_MORE] = no_more, [MENU_CHECKS] = checking, [MENU_MEASURES] = measuring};

struct menu_args menu_parse(int argc, char **argv, const char *doc, enum menu_more more)
{
	const struct argp argp = {
		.options = options_of[more], .parser = parse, .args_doc = "IMAGE...", .doc = doc};
	static struct parsed parsed;
	enum status status = OK;

	parsed.args.checks = more == MENU_CHECKS;
	argp_parse(&argp, argc, argv, 0, NULL, &parsed);
	if (parsed.args.vars != NULL)
		status = platform_open_variables(parsed.args.vars, &parsed.report);
	/* The loader ignores a bad setting, because the guest has to boot. The command stops:
	 * without the setting, or the variables, it would answer another question. */
	if (status != OK || parsed.report.n > 0) {
		print_report(&parsed.report, stderr, "partless: ");
		exit(EXIT_ERROR);
	}
	return parsed.args;
}

/* Reads the rest of what the host says: its own partless.conf, and last the command line. */
static bool read_own(struct host_menu *m, const struct menu_args *a)
{
	struct loader *l = &m->loader;

	if (a->directory != NULL) {
		loader_places_none(l);
		if (directory_open(a->tree, a->directory, &m->report, &l->own) != OK ||
		    config_read(l->own, SIDE_HOST, &l->settings, &l->places, &l->arena, l->report,
				&l->own_config) == E_NO_MEMORY)
			return false;
	}
	if (a->command_line != NULL)
		channel_command_line(&l->settings, a->command_line, strlen(a->command_line),
				     l->report);
	return true;
}

bool menu_open(struct host_menu *m, const struct menu_args *a, const struct menu_disk *disks,
	       unsigned count)
{
	*m = (struct host_menu){0};
	m->loader.report = &m->report;
	m->loader.settings = a->settings;
	if (!open_images(m, disks, count) || !read_own(m, a) || loader_discover(&m->loader) != OK) {
		m->damaged = true;
		return false;
	}
	choose_once(&m->loader);
	if (!m->loader.bootable)
		m->loader.why = explain_nothing(&m->loader);
	for (unsigned i = 0; i < m->loader.count; i++) {
		const struct disk *d = &m->disks[i];

		m->damaged |= is_damage(d->status) || d->config.unreadable ||
			      (d->status == E_NOT_FOUND && fs_holds_disk(d->block));
	}
	return true;
}

void menu_close(struct host_menu *m)
{
	loader_free(&m->loader);
	for (unsigned i = 0; i < m->images_count; i++)
		image_close(m->images[i]);
	free(m->images);
	free(m->disks);
}

void menu_print(struct str s)
{
	while (s.n > 0) {
		char bytes[4];
		size_t n = utf8_encode(printable_next(&s), bytes);

		fwrite(bytes, 1, n, stdout);
	}
}

void menu_print_report(const struct host_menu *m, FILE *f, const char *before)
{
	output_flush();
	print_report(&m->report, f, before);
	print_lines(f, m->loader.why, before);
}
