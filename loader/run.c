/* From the menu on: choose an entry, boot it, come back when that fails, and never wait for ever
 * when nobody is there. */
#include "loader/loader.h"

#include "base/fmt.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "fs/volume.h"
#include "loader/console.h"
#include "loader/explain.h"
#include "loader/interface/interface.h"
#include "loader/interface/publish.h"
#include "loader/interface/wishes.h"
#include "loader/keep.h"
#include "loader/log.h"
#include "loader/log_lines.h"
#include "loader/measure.h"
#include "loader/menu/menu.h"
#include "loader/once.h"
#include "loader/plan.h"
#include "loader/platform.h"
#include "loader/settings/apply.h"

/* Bytes of a line on the console, and of a title in it. */
#define SAY_BYTES 512
#define SAY_TITLE 400

/* The one line of an ordinary boot. */
static void say_boots(const struct entry *e)
{
	char line[SAY_BYTES];
	size_t n = fmt(line, sizeof(line), "Partless boots '%.*s' from %.*s",
		       STR_ARG(utf8_cut(e->title, SAY_TITLE)), STR_ARG(e->volume->name));

	n = printable_make(line, n < sizeof(line) ? n : sizeof(line));
	console_write((struct str){line, n});
	console_write(S("\n"));
}

/* The report is a fixed buffer. Makes room in it for the next failure: lines after *DISCOVERED,
 * about earlier boots, are dropped first. */
static void make_room(struct report *r, size_t *discovered)
{
	report_make_room(r, *discovered);
	if (*discovered > report_mark(r))
		*discovered = report_mark(r);
}

/* Boots the entry that the menu has selected. Returns OK when an EFI program ended well, else the
 * failure, reported. */
static enum status boot(struct loader *l, struct interface *in, const struct menu *m,
			struct str options)
{
	const struct item *item = &l->entries[m->selected];
	const struct entry *e = item->entry;
	size_t mark = report_mark(l->report);
	char buf[ENTRY_LINE_BYTES];
	struct str line = entry_line(e, buf);
	struct plan plan;
	enum status status;

	log_boot(e);
	status = plan_boot(e, options, l->report, &plan);
	if (status == OK) {
		keep_for_start(e, l->report);
		say_boots(e);
		publish(l, in, item, m->shown);
		status = measure_choice(l, item);
	}
	if (status == OK)
		status = platform_start(&plan, l->report);
	if (status == OK)
		return OK;
	if (plan.what_to_do != NULL)
		note(l->report, "%s", plan.what_to_do);
	if (e->menu == l->own)
		return fail_in(l->report, mark, status, "cannot boot '%.*s' (the host's %.*s%.*s)",
			       STR_ARG(e->title), STR_ARG(e->from), STR_ARG(line));
	return fail_in(l->report, mark, status, "cannot boot '%.*s' (%.*s%.*s on %.*s)",
		       STR_ARG(e->title), STR_ARG(e->from), STR_ARG(line), STR_ARG(e->menu->name));
}

/* What the loader does when nothing is left to try, as the menu announces it, and as the last line
 * on the console says it. */
static const struct {
	const char *leaving, *leaves;
} ends[] = {
	[ON_FAILURE_NEXT] = {"Returning to the firmware", "returns to the firmware"},
	[ON_FAILURE_WAIT] = {"Returning to the firmware", "returns to the firmware"},
	[ON_FAILURE_RESET] = {"Restarting the machine", "restarts the machine"},
	[ON_FAILURE_POWEROFF] = {"Switching the machine off", "switches the machine off"},
	[ON_FAILURE_FIRMWARE] = {"Returning to the firmware", "returns to the firmware"},
};

static bool may_try(const struct loader *l, unsigned i)
{
	const struct item *item = &l->entries[i];

	return !item->tried && item->entry->problem.n == 0 && host_trusts(l, item->disk);
}

/* The next entry to start without a person: the usual default if it was not tried yet, else the
 * next untried entry after FROM, round the menu. False when none is left or the host forbids it. */
static bool next_untried(const struct loader *l, unsigned from, unsigned *next)
{
	if (l->settings.on_failure != ON_FAILURE_NEXT)
		return false;
	if (may_try(l, l->usual_entry)) {
		*next = l->usual_entry;
		return true;
	}
	for (unsigned i = 1; i <= l->entries_count; i++) {
		unsigned at = (from + i) % l->entries_count;

		if (may_try(l, at)) {
			*next = at;
			return true;
		}
	}
	return false;
}

/* What the menu shows above the list: the report. When nothing boots, the reason follows the first
 * DISCOVERED bytes of it. The newest lines come last, because the screen shows the end of a long
 * message. */
static struct str message(struct loader *l, size_t discovered)
{
	const struct report *r = l->report;
	struct str all = report_since(r, 0);

	if (l->why.n > 0)
		(void)str_fmt(&l->arena, &all, "%.*s%.*s%.*s", (int)discovered, r->text,
			      STR_ARG(l->why), (int)(r->n - discovered), r->text + discovered);
	return all;
}

/* Explains, in the menu and in the log, why nothing boots by itself. */
static void explain(struct loader *l)
{
	struct str says;

	l->why = explain_nothing(l);
	says = l->why;
	(void)str_fmt(&l->arena, &says, "%.*s%.*s", STR_ARG(l->why), (int)l->report->n,
		      l->report->text);
	log_nothing(l, says);
}

/* Writes the last lines on the console, because nothing is left to try or a person leaves; resets
 * the machine where the host wants that. */
static void leave(struct loader *l, size_t discovered, bool person)
{
	enum on_failure end = person ? ON_FAILURE_FIRMWARE : l->settings.on_failure;
	struct str line;

	if (str_fmt(&l->arena, &line, "Partless %s.\n", ends[end].leaves))
		console_write(line);
	console_write(message(l, discovered));
	console_write(log_last());
	if (end == ON_FAILURE_RESET || end == ON_FAILURE_POWEROFF)
		platform_reset(end == ON_FAILURE_POWEROFF);
}

/* Sets the menu's countdown after a boot has failed, or when no entry boots by itself. */
static void go_on(const struct loader *l, struct menu *m, bool leave)
{
	enum on_failure how = l->settings.on_failure;

	m->countdown = m->countdown && how != ON_FAILURE_WAIT;
	m->leave = leave;
	m->seconds = leave && how == ON_FAILURE_NEXT ? TIMEOUT_LAST : TIMEOUT_RETRY;
}

/* Shows the menu until a person or its countdown chooses. */
static struct menu_choice wait(const struct loader *l, struct menu *m)
{
	struct log_step step;
	struct menu_choice choice;

	log_step(&step, "wait", l->report);
	choice = menu_run(m);
	log_wait(choice.person);
	(void)log_step_end(&step, OK);
	return choice;
}

/* Why a person may not edit options: a host that allows it says so where Secure Boot is on, since a
 * kernel that was verified obeys its options. */
static struct str no_editor(const struct settings *s, bool secure_boot)
{
	if (s->lockdown || s->editor_off)
		return S("The host does not allow options to be edited.");
	if (secure_boot && !s->said[SET_EDITOR])
		return S(
			"With Secure Boot, options are edited only if the host sets 'editor yes'.");
	return S("");
}

enum status loader_run(struct loader *l)
{
	struct menu menu = {
		.entries = l->entries,
		.count = l->entries_count,
		.locked = l->settings.lockdown,
		.leaving = ends[l->settings.on_failure].leaving,
	};
	enum status status = l->bootable ? OK : E_NOT_FOUND;
	struct interface interface = {0};
	size_t discovered;

	once_choose(l, wishes_choose(l, &interface));
	menu.no_editor = no_editor(&l->settings, interface.facts.secure_boot);
	menu.selected = l->default_entry;
	menu.seconds = l->timeout;
	menu.countdown = !interface.waits || !l->bootable;
	discovered = report_mark(l->report);
	if (!l->bootable) {
		explain(l);
		go_on(l, &menu, true);
	}
	for (;;) {
		struct menu_choice choice;

		menu.message = message(l, discovered);
		choice = wait(l, &menu);
		if (choice.answer == MENU_LEAVE) {
			leave(l, discovered, choice.person);
			return status;
		}
		l->entries[menu.selected].tried = true;
		make_room(l->report, &discovered);
		status = boot(l, &interface, &menu, choice.options);
		if (status == OK)
			return OK;
		menu.countdown = menu.countdown && !choice.person;
		go_on(l, &menu, !next_untried(l, menu.selected, &menu.selected));
	}
}
