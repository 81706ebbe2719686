/* The story: choose an entry, boot it, come back when that fails, and never wait for ever where
 * nobody is. */
#include "loader/loader.h"

#include "fs/volume.h"
#include "loader/console.h"
#include "loader/menu.h"
#include "loader/once.h"
#include "loader/plan.h"
#include "loader/platform.h"

/* One boot, from the choice to its failure. What was told before it must not leave its reason
 * without a place: of that, what came after DISCOVERED goes first. */
static enum status boot(struct loader *l, const struct entry *e, struct str options,
			size_t discovered)
{
	size_t mark;
	struct plan plan;
	struct str line;
	enum status status;

	report_make_room(l->report, discovered);
	mark = report_mark(l->report);
	status = plan_boot(e, options, l->report, &plan);
	if (status == OK && str_fmt(&l->arena, &line, "Partless boots '%.*s' from %.*s\n",
				    STR_ARG(e->title), STR_ARG(e->volume->name)))
		console_write(line);
	if (status == OK)
		status = platform_start(&plan, l->report);
	if (status == OK)
		return OK;
	return fail_in(l->report, mark, status, "cannot boot '%.*s' (%.*s:%u on %.*s)",
		       STR_ARG(e->title), STR_ARG(e->from), e->line, STR_ARG(e->volume->name));
}

/* The next entry that nobody tried yet, in the order of the menu, after FROM and round. */
static bool next_untried(const struct loader *l, const bool *tried, unsigned from, unsigned *next)
{
	for (unsigned i = 1; i <= l->entries_count; i++) {
		unsigned at = (from + i) % l->entries_count;

		if (!tried[at] && l->entries[at]->problem.n == 0) {
			*next = at;
			return true;
		}
	}
	return false;
}

/* What the menu shows above the list: the report, and when nothing boots, what the disks hold. */
static struct str message(struct loader *l)
{
	const struct report *r = l->report;
	struct str all = {r->text, r->n};

	if (!l->bootable)
		(void)str_fmt(&l->arena, &all, "%.*s%.*s", (int)l->remarks.n, l->remarks.p,
			      (int)r->n, r->text);
	return all;
}

/* Nothing is left to try, or a person wants to leave: the last words on the console. */
static void leave(struct loader *l)
{
	console_write(S("Partless returns to the firmware.\n"));
	console_write(message(l));
}

enum status loader_run(struct loader *l)
{
	bool *tried = arena_array(&l->arena, l->entries_count, sizeof(*tried));
	struct menu menu = {
		.entries = l->entries,
		.count = l->entries_count,
		.countdown = true,
		.leave = !l->bootable,
		.seconds = l->bootable ? l->timeout : TIMEOUT_LAST,
	};
	enum status status = l->bootable ? OK : E_NOT_FOUND;
	size_t discovered;

	if (tried == NULL)
		return fail(l->report, E_NO_MEMORY, "no memory for the menu");
	once_choose(l);
	menu.selected = l->default_entry;
	discovered = report_mark(l->report);
	for (;;) {
		struct menu_choice choice;

		menu.message = message(l);
		choice = menu_run(&menu);
		if (choice.answer == MENU_LEAVE) {
			leave(l);
			return status;
		}
		tried[menu.selected] = true;
		status = boot(l, l->entries[menu.selected], choice.options, discovered);
		if (status == OK)
			return OK;
		menu.countdown = menu.countdown && !choice.person;
		menu.leave = !next_untried(l, tried, menu.selected, &menu.selected);
		menu.seconds = menu.leave ? TIMEOUT_LAST : TIMEOUT_RETRY;
	}
}
