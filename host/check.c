/* `partless check`: would it boot? The loader's own plan of each boot, without the boot. */
#include <stdio.h>
#include <stdlib.h>

#include "host/command.h"
#include "host/menu.h"
#include "host/remarks.h"
#include "loader/plan.h"

/* What was found out about the entries. */
struct verdict {
	struct str *problems; /* of each, "" for none */
	bool damaged;         /* one could not be read */
	bool boots;
	unsigned entry; /* the first that boots, the default before the others */
};

/* The lines of a failed plan as one text. */
static bool join_lines(struct arena *a, struct str lines, struct str *text)
{
	struct str joined = S("");

	while (lines.n > 0) {
		struct str line = str_trim(str_cut(&lines, '\n'));

		if (!str_fmt(a, &joined, "%.*s%s%.*s", STR_ARG(joined), joined.n ? ": " : "",
			     STR_ARG(line)))
			return false;
	}
	*text = joined;
	return true;
}

/* Plans the boot of one entry; false when memory is used up. */
static bool check_entry(struct host_menu *m, unsigned i, struct verdict *v)
{
	const struct entry *e = m->loader.entries[i];
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

	struct str lines = report_since(r, mark);

	report_rewind(r, mark);
	return join_lines(&m->loader.arena, lines, &v->problems[i]);
}

static bool check_entries(struct host_menu *m, struct verdict *v)
{
	const struct loader *l = &m->loader;

	v->problems = calloc(l->entries_count + 1, sizeof(*v->problems));
	if (v->problems == NULL)
		return false;
	for (unsigned i = 0; i < l->entries_count; i++) {
		if (!check_entry(m, i, v))
			return false;
	}
	/* The loader tries the default, then what follows it, round to its start. */
	for (unsigned i = 0; i < l->entries_count && !v->boots; i++) {
		v->entry = (l->default_entry + i) % l->entries_count;
		v->boots = v->problems[v->entry].n == 0 && !l->entries[v->entry]->manual;
	}
	return true;
}

static void print_entry(const struct loader *l, const struct verdict *v, unsigned i)
{
	printf("%-8s %c ",
	       v->problems[i].n > 0    ? "problem"
	       : l->entries[i]->manual ? "by hand"
				       : "boots",
	       i == l->default_entry ? '*' : ' ');
	menu_print(l->entries[i]->title);
	if (v->problems[i].n > 0)
		printf(": ");
	menu_print(v->problems[i]);
	putchar('\n');
}

static void print_verdict(const struct loader *l, const struct verdict *v, bool damaged)
{
	unsigned first = l->default_entry;

	if (l->entries_count > 0)
		print_entry(l, v, first);
	for (unsigned i = 0; i < l->entries_count; i++) {
		if (i != first)
			print_entry(l, v, i);
	}
	if (v->boots) {
		printf("It would boot '");
		menu_print(l->entries[v->entry]->title);
		printf(v->entry == first ? "'.\n" : "', after its default failed.\n");
	} else {
		puts(damaged ? "Could not tell: a disk could not be read." : "It would not boot.");
	}
}

static int check(struct host_menu *m)
{
	struct verdict v = {0};
	int code = EXIT_ERROR;
	bool damaged;

	if (check_entries(m, &v)) {
		remark_initrds(m);
		if (v.boots)
			remark_modules(m, v.entry);
		damaged = m->damaged || v.damaged;
		if (m->json)
			menu_print_json(m, v.problems);
		else
			print_verdict(&m->loader, &v, damaged);
		code = v.boots ? EXIT_YES : damaged ? EXIT_ERROR : EXIT_NO;
	}
	free(v.problems);
	return code;
}

int check_main(int argc, char **argv)
{
	struct host_menu m;
	int code = EXIT_ERROR;

	if (menu_open(&m, argc, argv,
		      "Would the loader boot from these disks, in this order? Plans each boot as "
		      "the loader does and says what stands against it. The default entry has a "
		      "'*'.\v"
		      "Exit codes: 0 yes, 1 no, 2 could not tell."))
		code = check(&m);
	menu_print_report(&m);
	menu_close(&m);
	return code;
}
