/* What a guest asks for its next boot alone is honoured once, although nothing is ever written to a
 * disk: the firmware remembers the sum of what was asked. */
#include "loader/once.h"

#include "fs/volume.h"
#include "loader/loader.h"
#include "loader/log_lines.h"
#include "loader/platform.h"

#define NAME "PartlessOnce"

/* Finds the *PLACE of an entry in the menu. False when the menu was full before it. */
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

/* Reads the sum that was kept at an earlier boot. */
static bool recall(uint32_t *sum)
{
	size_t n;

	return platform_get(VENDOR_PARTLESS, NAME, sum, sizeof(*sum), &n) == OK &&
	       n == sizeof(*sum);
}

static void forget(void)
{
	struct report ignored = {0};
	uint32_t sum;

	if (recall(&sum))
		(void)platform_set(VENDOR_PARTLESS, NAME, KEEP_FOR_EVER, NULL, 0, &ignored);
}

static enum status remember(uint32_t sum, struct report *report)
{
	if (!platform_remembers())
		return fail(report, E_UNSUPPORTED,
			    "this firmware forgets its variables at a reset: it would be booted "
			    "each time; give the guest pflash with variables of its own");
	return platform_set(VENDOR_PARTLESS, NAME, KEEP_FOR_EVER, &sum, sizeof(sum), report);
}

void once_choose(struct loader *l)
{
	const struct entry *e;
	size_t mark = report_mark(l->report);
	enum status status;
	unsigned place;
	uint32_t sum;

	l->usual_entry = l->default_entry;
	if (l->guest == NULL)
		return;
	e = l->guest->once;
	if (e == NULL) {
		forget(); /* so that the same choice counts anew when it is made again */
		return;
	}
	if (!find(l, e, &place) || (recall(&sum) && sum == l->guest->once_hash))
		return;
	if (e->problem.n > 0) {
		note(l->report,
		     "'%.*s', asked for the next boot alone by grubenv on %.*s, cannot boot "
		     "(%.*s): the default takes its place",
		     STR_ARG(e->title), STR_ARG(e->volume->name), STR_ARG(e->problem));
		return;
	}
	status = remember(l->guest->once_hash, l->report);
	if (status != OK) {
		(void)fail_in(
			l->report, mark, status,
			"'%.*s', asked for the next boot alone by grubenv on %.*s, is left out",
			STR_ARG(e->title), STR_ARG(e->volume->name));
		return;
	}
	l->default_entry = place;
	log_once(e);
}
