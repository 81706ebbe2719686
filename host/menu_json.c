/* The menu as JSON, as docs/partless.1 describes it. */
#include <stdio.h>

#include "config/languages.h"
#include "fs/block.h"
#include "fs/volume.h"
#include "host/json.h"
#include "host/menu.h"
#include "loader/explain.h"
#include "loader/settings/apply.h"

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
	if (e->line > 0)
		printf(", \"line\": %u, \"problem\": ", e->line);
	else
		printf(", \"line\": null, \"problem\": ");
	json_string_or_null(stdout, problem);
	if (e->counted)
		printf(", \"tries_left\": %lu}", (unsigned long)e->left);
	else
		printf(", \"tries_left\": null}");
}

static void print_place(const struct config_place *place)
{
	char text[128];

	snprintf(text, sizeof(text), "%s%s%s", place->what != NULL ? place->what : "",
		 place->what != NULL ? " in " : "", place->path);
	json_string(stdout, str_of(text));
}

static void print_boot_file(const struct boot_file *f)
{
	printf("{\"language\": \"%s\", \"path\": ", f->place.language);
	json_string(stdout, f->from);
	printf(", \"entries\": %u, \"bootable\": %u, \"error\": ", f->entries, f->bootable);
	json_string_or_null(stdout, f->status != OK ? str_of(status_words(f->status)) : S(""));
	putchar('}');
}

static void print_disk(const struct disk *d)
{
	const struct volume *v = d->volume;

	printf("{\"disk\": ");
	json_string(stdout, d->block->name);
	printf(", \"index\": %u, \"partition\": ", d->number + 1);
	printf(d->partition != 0 ? "%u" : "null", d->partition);
	printf(", \"fs\": ");
	json_string_or_null(stdout, v != NULL ? str_of(v->type) : S(""));
	printf(", \"uuid\": ");
	json_string_or_null(stdout, v != NULL ? str_of(v->uuid) : S(""));
	printf(", \"label\": ");
	json_string_or_null(stdout, v != NULL ? v->label : S(""));
	printf(", \"boot_files\": [");
	for (const struct boot_file *f = d->config.files; f != NULL; f = f->next) {
		print_boot_file(f);
		printf(f->next != NULL ? ", " : "");
	}
	printf("]}");
}

/* Only when no entry boots: the places where no volume has a boot file. */
static void print_missing(const struct loader *l)
{
	struct config_place place;
	bool any = false;

	if (l->bootable || l->places.count == 0)
		return;
	for (unsigned i = 0; config_place(l->settings.config, i, &place); i++) {
		if (explain_found(l, &place))
			continue;
		printf(any ? ", " : "");
		print_place(&place);
		any = true;
	}
}

static void print_lines_json(struct str lines, bool *any)
{
	while (lines.n > 0) {
		printf(*any ? ",\n  " : "\n  ");
		json_string(stdout, str_cut(&lines, '\n'));
		*any = true;
	}
}

/* The lines that go to standard error without --json. */
static void print_report_json(const struct host_menu *m)
{
	bool any = false;

	print_lines_json(report_since(&m->report, 0), &any);
	print_lines_json(m->loader.why, &any);
}

void menu_print_json(const struct host_menu *m, const struct str *problems)
{
	const struct loader *l = &m->loader;

	/* An entry that only a person starts is no default; one that cannot boot still is. */
	bool by_itself = l->entries_count > 0 && host_trusts(l, l->entries[l->default_entry].disk);

	printf("\"default\": ");
	json_string_or_null(stdout, by_itself ? l->entries[l->default_entry].entry->id : S(""));
	if (l->timeout_said)
		printf(", \"timeout\": %u", l->timeout);
	else
		printf(", \"timeout\": null");
	printf(", \"entries\": [");
	for (unsigned i = 0; i < l->entries_count; i++) {
		printf(i > 0 ? ",\n  " : "\n  ");
		print_entry_json(l->entries[i].entry, problems[i]);
	}
	printf("],\n \"disks\": [");
	for (unsigned i = 0; i < l->count; i++) {
		printf(i > 0 ? ",\n  " : "\n  ");
		print_disk(&l->disks[i]);
	}
	printf("],\n \"missing\": [");
	print_missing(l);
	printf("],\n \"report\": [");
	print_report_json(m);
	printf("]}");
}
