/* What a guest asks for its next boot alone is honoured once: what its boot file then saves is kept
 * before the menu is shown. */
#include "loader/once.h"

#include "fs/volume.h"
#include "loader/keep.h"
#include "loader/loader.h"
#include "loader/log_lines.h"

/* Finds the *PLACE of an entry in the menu. False when it is not there: the menu was full before
 * it, or `lockdown` leaves it out. */
static bool find(const struct loader *l, const struct entry *e, unsigned *place)
{
	for (unsigned i = 0; i < l->entries_count; i++) {
		if (l->entries[i].entry == e) {
			*place = i;
			return true;
		}
	}
	return false;
}

/* Makes E, which the guest asks for once, the default. False when it cannot be: then the usual
 * default boots, and the report says why. */
static bool honour(struct loader *l, const struct entry *e)
{
	size_t mark = report_mark(l->report);
	enum status status;
	unsigned place = l->default_entry;

	if (e->problem.n == 0 && !find(l, e, &place))
		return false;
	if (l->guest->kept_once != NULL)
		status = keep(l->guest->kept_once, l->report);
	else
		status = fail(l->report, E_UNSUPPORTED,
			      "its boot file does not save that this was done, or on a file system "
			      "without UUID");
	if (status != OK) {
		(void)fail_in(
			l->report, mark, status,
			"'%.*s', asked for the next boot alone by grubenv on %.*s, is left out: "
			"it would be booted each time",
			STR_ARG(e->title), STR_ARG(e->volume->name));
		return false;
	}
	for (struct entry *i = l->guest->first; i != NULL; i = i->next)
		i->kept = i->kept_once;
	if (e->problem.n > 0) {
		note(l->report,
		     "'%.*s', asked for the next boot alone by grubenv on %.*s, cannot boot "
		     "(%.*s): the default takes its place",
		     STR_ARG(e->title), STR_ARG(e->volume->name), STR_ARG(e->problem));
		return true;
	}
	l->default_entry = place;
	log_once(e);
	return true;
}

void once_choose(struct loader *l, bool decided)
{
	if (!decided)
		l->usual_entry = l->default_entry;
	if (l->guest == NULL)
		return;
	if (decided || l->guest->once == NULL || !honour(l, l->guest->once))
		(void)keep_or_tell(l->guest->kept, l->report);
}
