/* The loader's menu from images of the host. */
#include "host/menu.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/printable.h"
#include "base/utf8.h"
#include "host/command.h"
#include "host/image.h"
#include "host/json.h"
#include "loader/channels.h"
#include "loader/explain.h"
#include "loader/once.h"

struct arguments {
	char **images;
	unsigned count;
	bool json;
	struct host_menu *menu;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'j':
		a->json = true;
		return 0;
	case 's':
		channel_assign(&a->menu->loader.settings, SAID_ON_COMMAND_LINE, str_of(arg),
			       &a->menu->report);
		return 0;
	case ARGP_KEY_ARGS:
		a->images = state->argv + state->next;
		a->count = (unsigned)(state->argc - state->next);
		if (a->count > DISKS_MAX)
			argp_error(state, "at most %d images", DISKS_MAX);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which image?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Whether what kept the loader from a disk may be the disk's fault, not what it holds. */
static bool is_damage(enum status status)
{
	return status == E_IO || status == E_CORRUPT || status == E_NO_MEMORY;
}

static void add_disk(struct host_menu *m, struct block *block, unsigned number, unsigned partition)
{
	if (m->loader.count == DISKS_MAX) {
		note(&m->report, "%.*s is left out: %d disks and partitions are enough",
		     STR_ARG(block->name), DISKS_MAX);
		return;
	}
	m->disks[m->loader.count++] = (struct disk){.block = block,
						    .number = number,
						    .partition = partition,
						    .virtio = true,
						    .bus = BUS_VIRTIO,
						    .linux_index = number,
						    .linux_sure = true};
}

/* The disk and its partitions, as the firmware shows them to the loader. */
static bool add_image(struct host_menu *m, const char *name, unsigned number)
{
	struct image *image;
	struct partition *list;
	struct block *block;
	unsigned count, partition;

	if (image_open(name, &m->report, &image) != OK)
		return false;
	m->images[m->images_count++] = image;
	block = image_block(image, &partition);
	add_disk(m, block, number, partition);
	m->damaged |= is_damage(image_partitions(image, &list, &count));
	for (unsigned i = 0; i < count; i++)
		add_disk(m, &list[i].block, number, list[i].number);
	return true;
}

static bool open_images(struct host_menu *m, const struct arguments *a)
{
	m->disks = calloc(DISKS_MAX, sizeof(*m->disks));
	m->images = calloc(a->count, sizeof(struct image *));
	if (m->disks == NULL || m->images == NULL)
		return fail(&m->report, E_NO_MEMORY, "no memory for %u disks", a->count) == OK;
	m->loader.disks = m->disks;
	for (unsigned i = 0; i < a->count; i++) {
		if (!add_image(m, a->images[i], i))
			return false;
	}
	return true;
}

/* As at the next boot, where the firmware keeps its variables. */
static void choose_once(struct loader *l)
{
	unsigned usual = l->default_entry;

	once_choose(l);
	if (l->default_entry != usual)
		note(l->report, "'%.*s' is asked for the next boot alone; after that '%.*s' boots",
		     STR_ARG(l->entries[l->default_entry]->title),
		     STR_ARG(l->entries[usual]->title));
}

bool menu_open(struct host_menu *m, int argc, char **argv, const char *doc)
{
	static const struct argp_option options[] = {
		{"json", 'j', NULL, 0, "Print the menu as JSON", 0},
		{"set", 's', "NAME=VALUE", 0, "As the host would say it to the guest", 0},
		{0},
	};
	struct argp argp = {
		.options = options, .parser = parse, .args_doc = "IMAGE...", .doc = doc};
	struct arguments a = {.menu = m};

	*m = (struct host_menu){0};
	m->loader.report = &m->report;
	argp_parse(&argp, argc, argv, 0, NULL, &a);
	m->json = a.json;
	if (!open_images(m, &a) || loader_discover(&m->loader) != OK)
		return false;
	choose_once(&m->loader);
	if (!m->loader.bootable)
		m->loader.why = explain_nothing(&m->loader);
	for (unsigned i = 0; i < m->loader.count; i++)
		m->damaged |= is_damage(m->disks[i].status) || m->disks[i].config.unreadable;
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

static void print_entry_json(const struct entry *e, struct str problem)
{
	printf("{\"id\": ");
	json_string(stdout, e->id);
	printf(", \"title\": ");
	json_string(stdout, e->title);
	printf(", \"kind\": \"%s\", \"kernel\": ", e->kind == ENTRY_LINUX ? "linux" : "efi");
	json_string(stdout, e->kernel);
	printf(", \"initrd\": [");
	for (unsigned i = 0; i < e->initrds; i++) {
		printf(i > 0 ? ", " : "");
		json_string(stdout, e->initrd[i]);
	}
	printf("], \"options\": ");
	json_string(stdout, e->options);
	printf(", \"from\": ");
	json_string(stdout, e->from);
	printf(", \"line\": %u, \"problem\": ", e->line);
	json_string_or_null(stdout, problem);
	putchar('}');
}

void menu_print_json(const struct host_menu *m, const struct str *problems)
{
	const struct loader *l = &m->loader;

	/* A menu that cannot boot has its default too; what is left to a person has none. */
	bool by_itself = l->entries_count > 0 && !l->entries[l->default_entry]->manual;

	printf("{\"default\": ");
	json_string_or_null(stdout, by_itself ? l->entries[l->default_entry]->id : S(""));
	if (l->timeout_said)
		printf(", \"timeout\": %u", l->timeout);
	else
		printf(", \"timeout\": null");
	printf(", \"entries\": [");
	for (unsigned i = 0; i < l->entries_count; i++) {
		printf(i > 0 ? ",\n  " : "\n  ");
		print_entry_json(l->entries[i], problems[i]);
	}
	printf("]}\n");
}

void menu_print(struct str s)
{
	while (s.n > 0) {
		char bytes[4];

		fwrite(bytes, 1, utf8_encode(printable_next(&s), bytes), stdout);
	}
}

void menu_print_report(const struct host_menu *m)
{
	struct str rest = m->loader.why;

	report_print(&m->report);
	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');

		fprintf(stderr, "partless: %.*s\n", (int)line.n, line.p);
	}
}
