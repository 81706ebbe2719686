/* Judges a machine: plans the boot of each entry as the loader does, and starts none. */
#include "host/verdict.h"

#include <stdio.h>
#include <stdlib.h>

#include "fs/volume.h"
#include "host/arch.h"
#include "host/command.h"
#include "host/json.h"
#include "host/menu.h"
#include "host/mounts.h"
#include "host/remarks.h"
#include "loader/disks/order.h"
#include "loader/plan.h"
#include "loader/settings/apply.h"

void verdict_free(struct verdict *v)
{
	free(v->problems);
	free(v->cures);
}

int verdict_exit_code(const struct verdict *v)
{
	if (v->boots)
		return v->no_root == NULL ? EXIT_YES : EXIT_NO;
	return v->damaged ? EXIT_ERROR : EXIT_NO;
}

/* LINE is the rest of a sentence: the line before it names a file, this one says "is empty". */
static bool goes_on(struct str line)
{
	return str_starts(line, S("is ")) || str_starts(line, S("has ")) ||
	       str_starts(line, S("does "));
}

/* Joins the lines of a failed plan into one sentence. False when memory is used up. */
static bool join_lines(struct arena *a, struct str lines, struct str *text)
{
	struct str joined = S("");

	while (lines.n > 0) {
		struct str line = str_trim(str_cut(&lines, '\n'));

		if (!str_fmt(a, &joined, "%.*s%s%.*s", STR_ARG(joined),
			     joined.n == 0   ? ""
			     : goes_on(line) ? " "
					     : ": ",
			     STR_ARG(line)))
			return false;
	}
	*text = joined;
	return true;
}

/* The other processor on whose machine the entry would boot, or NULL. */
static const struct arch *boots_elsewhere(struct host_menu *m, const struct entry *e)
{
	const struct arch *here = guest_arch(), *found = NULL;
	struct report *r = &m->report;
	size_t mark = report_mark(r);
	struct plan plan;

	for (const struct arch *const *a = arch_all; *a != NULL && found == NULL; a++) {
		arch_use(*a);
		if (*a != here && plan_boot(e, e->options, r, &plan) == OK)
			found = *a;
		report_rewind(r, mark);
	}
	arch_use(here);
	return found;
}

/* What to do about the entry, whose PLAN failed; false when memory is used up. */
static bool find_cure(struct host_menu *m, const struct entry *e, enum status status,
		      const struct plan *plan, struct str *cure)
{
	const struct arch *a = status == E_UNSUPPORTED ? boots_elsewhere(m, e) : NULL;

	*cure = plan->what_to_do == NULL ? S("") : str_of(plan->what_to_do);
	return a == NULL ||
	       str_fmt(&m->loader.arena, cure,
		       "start it on an %s machine (--arch %s checks it for one), or install a "
		       "kernel for %s",
		       a->name, a->name, guest_arch()->name);
}

/* Plans the boot of one entry; false when memory is used up. */
static bool check_entry(struct host_menu *m, unsigned i, struct verdict *v)
{
	const struct entry *e = m->loader.entries[i].entry;
	struct report *r = &m->report;
	size_t mark;
	struct plan plan;
	enum status status;

	v->problems[i] = e->problem;
	if (e->problem.n > 0)
		return true;
	report_make_room(r, report_mark(r));
	mark = report_mark(r);
	status = plan_boot(e, e->options, r, &plan);
	if (status == OK)
		return true;
	v->damaged |= status == E_IO;
	if (!join_lines(&m->loader.arena, report_since(r, mark), &v->problems[i]))
		return false;
	report_rewind(r, mark);
	return find_cure(m, e, status, &plan, &v->cures[i]);
}

/* True when an entry of disk D can be started. */
static bool starts(const struct loader *l, const struct verdict *v, const struct disk *d)
{
	for (unsigned i = 0; i < l->entries_count; i++) {
		if (v->problems[i].n == 0 && l->entries[i].disk == d)
			return true;
	}
	return false;
}

/* Which of two disks goes first matters only where both boot. */
static void report_order(struct loader *l, const struct verdict *v)
{
	const struct disk *taken, *next;

	if (order_reason(l, &taken, &next) != ORDER_ALONE && starts(l, v, taken) &&
	    starts(l, v, next))
		order_report(l);
}

static bool check_entries(struct host_menu *m, struct verdict *v)
{
	struct loader *l = &m->loader;

	v->problems = calloc(l->entries_count + 1, sizeof(*v->problems));
	v->cures = calloc(l->entries_count + 1, sizeof(*v->cures));
	if (v->problems == NULL || v->cures == NULL)
		return false;
	for (unsigned i = 0; i < l->entries_count; i++) {
		if (!check_entry(m, i, v))
			return false;
	}
	/* As the loader does: the default, the entries after it, those before it. */
	for (unsigned i = 0; i < l->entries_count && !v->boots; i++) {
		v->entry = (l->default_entry + i) % l->entries_count;
		v->boots =
			v->problems[v->entry].n == 0 && host_trusts(l, l->entries[v->entry].disk);
	}
	report_order(l, v);
	if (v->boots)
		v->no_root = unmountable_root(l, l->entries[v->entry].entry);
	return true;
}

static void print_entry(const struct loader *l, const struct verdict *v, unsigned i)
{
	printf("%-8s %c ",
	       v->problems[i].n > 0                 ? "problem"
	       : host_trusts(l, l->entries[i].disk) ? "boots"
						    : "by hand",
	       i == l->default_entry ? '*' : ' ');
	menu_print(l->entries[i].entry->title);
	if (v->problems[i].n > 0)
		printf(": ");
	menu_print(v->problems[i]);
	if (v->problems[i].n > 0 && l->places.count > 1) {
		printf(" (");
		menu_print(l->entries[i].entry->volume->name);
		putchar(')');
	}
	putchar('\n');
}

/* "'Debian', after its default failed" */
static void print_what_boots(const struct loader *l, const struct verdict *v)
{
	putchar('\'');
	menu_print(l->entries[v->entry].entry->title);
	printf(v->entry == l->default_entry ? "'" : "', after its default failed");
}

static void print_no_root(const struct loader *l, const struct verdict *v)
{
	printf("Partless can start ");
	print_what_boots(l, v);
	printf("; Linux will not mount its root on ");
	menu_print(v->no_root->name);
	puts(" until e2fsck has repaired it.");
}

/* What to do first, for entry I, which cannot boot. */
static void print_cure(const struct loader *l, const struct verdict *v, unsigned i)
{
	if (i >= l->entries_count || v->cures[i].n == 0)
		return;
	printf("To boot '");
	menu_print(l->entries[i].entry->title);
	printf("', %.*s.\n", STR_ARG(v->cures[i]));
}

void verdict_print(const struct loader *l, const struct verdict *v)
{
	unsigned first = l->default_entry;

	if (l->entries_count > 0)
		print_entry(l, v, first);
	for (unsigned i = 0; i < l->entries_count; i++) {
		if (i != first)
			print_entry(l, v, i);
	}
	if (v->no_root != NULL) {
		print_no_root(l, v);
	} else if (v->boots) {
		printf("It would boot ");
		print_what_boots(l, v);
		puts(".");
	} else {
		puts(v->damaged ? "Could not tell: a disk could not be read."
				: "It would not boot.");
		print_cure(l, v, first);
	}
}

void verdict_print_json(const struct host_menu *m, const struct verdict *v, const char *image)
{
	static const char *const words[] = {
		[EXIT_YES] = "yes", [EXIT_NO] = "no", [EXIT_ERROR] = "unknown"};

	putchar('{');
	if (image != NULL) {
		printf("\"image\": ");
		json_string(stdout, str_of(image));
		printf(", ");
	}
	printf("\"verdict\": \"%s\", \"boots\": ", words[verdict_exit_code(v)]);
	json_string_or_null(stdout, verdict_exit_code(v) == EXIT_YES
					    ? m->loader.entries[v->entry].entry->id
					    : S(""));
	printf(",\n ");
	menu_print_json(m, v->problems);
}

void verdict_print_line(const struct host_menu *m, const struct verdict *v, const char *image)
{
	const struct loader *l = &m->loader;

	menu_print(str_of(image));
	if (v->no_root != NULL) {
		printf(": would not boot\n  ");
		print_no_root(l, v);
	} else if (v->boots) {
		printf(": would boot ");
		print_what_boots(l, v);
		putchar('\n');
	} else {
		puts(v->damaged ? ": could not tell" : ": would not boot");
	}
	for (unsigned i = 0; i < l->entries_count; i++) {
		bool in_report = !l->bootable && l->entries[i].entry->problem.n > 0;

		if (v->problems[i].n == 0 || in_report)
			continue;
		printf("  '");
		menu_print(l->entries[i].entry->title);
		printf("': ");
		menu_print(v->problems[i]);
		if (v->cures[i].n > 0)
			printf("; %.*s", STR_ARG(v->cures[i]));
		putchar('\n');
	}
	menu_print_report(m, stdout, "  ");
}

void verdict_find(struct verdict *v, struct host_menu *m, const struct menu_args *a,
		  const struct menu_disk *disks, unsigned count)
{
	bool opened = menu_open(m, a, disks, count);

	*v = (struct verdict){0};
	if (!check_entries(m, v))
		m->damaged = true;
	v->damaged |= m->damaged;
	if (opened)
		remark_initrds(m);
	if (opened && v->boots) {
		remark_root(m, v->entry);
		remark_no_initrd(m, v->entry);
		remark_stale_menu(m);
		remark_silent_serial(m, m->loader.entries[v->entry].entry);
	}
	if (!v->boots)
		remark_in_use(m);
}
