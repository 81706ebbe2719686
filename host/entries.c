/* `partless entries`: the menu as the loader would build it. */
#include <stdio.h>
#include <stdlib.h>

#include "fs/volume.h"
#include "host/command.h"
#include "host/menu.h"
#include "host/remarks.h"
#include "loader/disks/order.h"

static void print_field(const char *name, struct str value)
{
	if (value.n == 0)
		return;
	printf("    %-8s ", name);
	menu_print(value);
	putchar('\n');
}

static void print_entry(const struct loader *l, unsigned i)
{
	const struct entry *e = l->entries[i].entry;
	char buf[ENTRY_LINE_BYTES];

	printf("%c ", l->bootable && i == l->default_entry ? '*' : ' ');
	menu_print(e->title);
	putchar('\n');
	if (!str_eq(e->id, e->title))
		print_field("id", e->id);
	print_field(e->kind == ENTRY_LINUX ? "linux" : "efi", e->kernel);
	for (unsigned k = 0; k < e->initrds; k++)
		print_field("initrd", e->initrd[k]);
	print_field("options", e->options);
	print_field("disk", e->volume->name);
	printf("    %-8s ", "from");
	menu_print(e->from);
	menu_print(entry_line(e, buf));
	if (e->menu != e->volume) {
		printf(" on ");
		menu_print(e->menu->name);
	}
	putchar('\n');
	print_field("problem", e->problem);
	if (e->counted)
		printf("    %-8s %lu left\n", "tries", (unsigned long)e->left);
}

static void print_json(const struct host_menu *m, const struct str *problems)
{
	putchar('{');
	menu_print_json(m, problems);
	putchar('\n');
}

static int print_menu(const struct host_menu *m, bool json)
{
	const struct loader *l = &m->loader;
	struct str *problems = calloc(l->entries_count + 1, sizeof(*problems));

	if (problems == NULL)
		return EXIT_ERROR;
	for (unsigned i = 0; i < l->entries_count; i++)
		problems[i] = l->entries[i].entry->problem;
	if (json)
		print_json(m, problems);
	for (unsigned i = 0; !json && i < l->entries_count; i++)
		print_entry(l, i);
	free(problems);
	if (l->entries_count > 0)
		return EXIT_YES;
	return m->damaged ? EXIT_ERROR : EXIT_NO;
}

int entries_main(int argc, char **argv)
{
	struct menu_args a =
		menu_parse(argc, argv,
			   "Prints the menu as the loader would build it from these disks, in this "
			   "order. The default entry has a '*'.\v"
			   "Exit codes: 0 there are entries, 1 there are none, 2 could not tell.",
			   MENU_NO_MORE);
	struct host_menu m;
	int code;

	if (menu_open(&m, &a, a.disks, a.count)) {
		order_report(&m.loader);
		remark_initrds(&m);
		remark_stale_menu(&m);
	}
	code = print_menu(&m, a.json);
	menu_print_report(&m, stderr, "partless: ");
	menu_close(&m);
	return code;
}
