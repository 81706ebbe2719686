/* Which entry boots if nobody chooses, and how long the menu waits for that. */
#include "loader/defaults.h"

#include "fs/volume.h"
#include "loader/log_lines.h"
#include "loader/settings/apply.h"

/* The most entries that the report says were passed over. */
#define SPENT_TOLD 3

/* The first entry that can boot: of those that are not spent, if there are any. NULL when none can.
 */
static struct entry *first_of(const struct config *config)
{
	struct entry *spent = NULL;

	for (struct entry *e = config->first; e != NULL; e = e->next) {
		if (e->problem.n > 0)
			continue;
		if (!entry_is_spent(e))
			return e;
		if (spent == NULL)
			spent = e;
	}
	return spent;
}

/* The entry that CONFIG boots if nobody chooses: the one it names, else its first one. NULL when
 * none of its entries can boot. */
static struct entry *default_of(const struct loader *l, const struct config *config)
{
	struct entry *first = first_of(config), *named = config->default_entry;

	if (named == NULL || first == NULL)
		return first;
	if (named->problem.n == 0)
		return entry_is_spent(named) && !entry_is_spent(first) ? first : named;
	note(l->report,
	     "the default entry '%.*s' of %.*s cannot boot (%.*s): '%.*s' takes its place",
	     STR_ARG(named->title), STR_ARG(named->menu->name), STR_ARG(named->problem),
	     STR_ARG(first->title));
	return first;
}

/* The first entry that boots by itself of those that the host's `default` matches. */
static struct entry *host_default(const struct loader *l)
{
	const struct settings *s = &l->settings;
	struct entry *spent = NULL;

	for (unsigned i = 0; i < l->entries_count; i++) {
		struct entry *e = l->entries[i].entry;

		if (e->problem.n > 0 || !host_trusts(l, l->entries[i].disk) ||
		    !entry_match(e, s->default_glob))
			continue;
		if (!entry_is_spent(e))
			return e;
		spent = e;
	}
	if (spent == NULL)
		note(l->report, "%s: no entry that can boot matches its default, '%.*s'",
		     settings_source_name(s->said[SET_DEFAULT]), STR_ARG(s->default_glob));
	return NULL;
}

/* Tells which entries do not boot by themselves because of their tries. */
static void report_spent(const struct loader *l, const struct entry *chosen)
{
	unsigned told = 0;

	for (unsigned i = 0; i < l->entries_count && told < SPENT_TOLD; i++) {
		const struct entry *e = l->entries[i].entry;

		if (e == chosen || e->problem.n > 0 || !entry_is_spent(e))
			continue;
		note(l->report,
		     "'%.*s' (%.*s on %.*s) is passed over: it was started as often as its boot "
		     "counter allows, and no boot of it was called good",
		     STR_ARG(e->title), STR_ARG(e->from), STR_ARG(e->menu->name));
		log_spent(e);
		told++;
	}
}

/* Chooses the default entry: the one that the host names, else GUESTS, the default of GUEST, the
 * first volume that can boot, else the first of the host's own entries. */
static void choose_default(struct loader *l, const struct config *guest, struct entry *guests)
{
	struct entry *chosen = l->settings.said[SET_DEFAULT] ? host_default(l) : NULL;

	if (chosen == NULL && guests != NULL) {
		chosen = guests;
		l->guest = guest;
	}
	if (chosen == NULL)
		chosen = default_of(l, &l->own_config);
	l->bootable = chosen != NULL;
	report_spent(l, chosen);
	for (unsigned i = 0; chosen == NULL && i < l->count; i++)
		chosen = l->disks[i].config.default_entry; /* where the menu begins */
	for (unsigned i = 0; i < l->entries_count; i++) {
		if (l->entries[i].entry == chosen)
			l->default_entry = i;
	}
}

/* The host decides on the timeout, else the first volume that can boot, whichever entry is the
 * default. */
void defaults_choose(struct loader *l)
{
	const struct settings *s = &l->settings;
	const struct config *decider = NULL;
	struct entry *guests = NULL;

	l->timeout = TIMEOUT_DEFAULT;
	for (unsigned i = 0; guests == NULL && i < l->count; i++) {
		const struct config *c = &l->disks[i].config;

		if (host_trusts(l, &l->disks[i]))
			guests = default_of(l, c);
		if (guests != NULL)
			decider = c;
	}
	if (decider != NULL && decider->timeout_said) {
		l->timeout_said = true;
		l->timeout = decider->timeout;
	}
	if (guests == NULL && s->said[SET_CONFIG])
		note(l->report, "of the guest's menus the host allows %.*s (config, %s)",
		     STR_ARG(s->config), settings_source_name(s->said[SET_CONFIG]));
	if (s->said[SET_TIMEOUT]) {
		l->timeout_said = true;
		l->timeout = s->timeout;
	}
	choose_default(l, decider, guests);
}
