/* What the guest asks for by variables of the Boot Loader Interface. */
#include "loader/interface/wishes.h"

#include "base/utf8.h"
#include "loader/console.h"
#include "loader/interface/ids.h"
#include "loader/interface/interface.h"
#include "loader/interface/values.h"
#include "loader/log_lines.h"
#include "loader/settings/apply.h"

/* The most bytes of a value that a sentence quotes. */
#define QUOTE_BYTES 120

static void refuse(struct loader *l, const char *name, struct str value, const char *why,
		   struct str more)
{
	note(l->report, "%s '%.*s', which the guest set, is not honoured: %s%.*s", name,
	     STR_ARG(utf8_cut(value, QUOTE_BYTES)), why, STR_ARG(more));
}

/* Reads a variable. False when it is not there, or is no text: that is told. ONCE: deletes it. */
static bool take(struct loader *l, const char *name, bool once, struct str *text)
{
	enum status status = value_get(&l->arena, name, text);
	bool there = status == OK || status == E_CORRUPT || status == E_LIMIT;

	if (there && status != OK)
		refuse(l, name, S("..."), "it is no text, or too long", S(""));
	if (there && once)
		value_delete(name, l->report);
	return status == OK;
}

/* Finds the *PLACE of the first entry whose id VALUE matches and that boots by itself. False, told,
 * when there is none. */
static bool find(struct loader *l, const char *name, struct str value, unsigned *place)
{
	const char *why = "no entry has that id";
	struct str more = S("");

	for (unsigned i = 0; i < l->entries_count; i++) {
		const struct item *item = &l->entries[i];

		if (!id_match(item->told_id, value))
			continue;
		if (item->entry->problem.n > 0) {
			why = "it cannot boot: ";
			more = item->entry->problem;
		} else if (!host_trusts(l, item->disk)) {
			why = "it is on a disk that the host does not name";
			more = S("");
		} else {
			*place = i;
			log_wish(name, item->entry);
			return true;
		}
	}
	refuse(l, name, value, why, more);
	return false;
}

/* Reads LoaderEntryDefault, and forgets the entry that was booted last when that is not needed any
 * more. */
static void choose_usual(struct loader *l, struct interface *in, bool host)
{
	static const char *const name = "LoaderEntryDefault", *const last = "LoaderEntryLastBooted";
	struct str value;

	if (!take(l, name, false, &value))
		return;
	in->saves = str_eq(value, S("@saved"));
	if (take(l, last, !in->saves, &in->last) && in->saves && !host)
		(void)find(l, last, in->last, &l->default_entry);
	else if (!in->saves && !host)
		(void)find(l, name, value, &l->default_entry);
}

/* Reads a timeout: in seconds, WAIT_FOREVER for a menu that waits. */
static bool take_timeout(struct loader *l, const char *name, bool once, unsigned *seconds)
{
	struct str value;
	uint64_t n = 0;

	if (!take(l, name, once, &value))
		return false;
	if (str_eq(value, S("menu-force"))) {
		n = WAIT_FOREVER;
	} else if (str_u64(value, &n)) {
		n = n < TIMEOUT_MAX ? n : TIMEOUT_MAX;
	} else if (!str_eq(value, S("menu-hidden")) && !str_eq(value, S("menu-disabled"))) {
		refuse(l, name, value, "it is no number of seconds", S(""));
		return false;
	}
	*seconds = (unsigned)n;
	return true;
}

/* The menu that is asked for once is shown in any case. A timeout of the host's says how long, but
 * for 0. */
static void choose_timeout(struct loader *l, struct interface *in)
{
	static const char *const names[] = {"LoaderConfigTimeoutOneShot", "LoaderConfigTimeout"};
	bool host = l->settings.said[SET_TIMEOUT], once;
	unsigned seconds;

	once = take_timeout(l, names[0], true, &seconds);
	if (host && (!once || l->timeout > 0))
		return;
	if (once && seconds == 0)
		seconds = WAIT_FOREVER;
	if (!once && !take_timeout(l, names[1], false, &seconds))
		return;
	in->waits = seconds == WAIT_FOREVER;
	if (!in->waits)
		l->timeout = seconds;
	log_wish_time(names[!once], in->waits ? TIMEOUT_MAX : seconds);
}

bool wishes_choose(struct loader *l, struct interface *in)
{
	const struct settings *s = &l->settings;
	struct str value;
	unsigned once = 0;
	bool host, asked;

	platform_describe(&l->arena, &in->facts);
	if (!ids_make(l->entries, l->entries_count, &l->arena) || in->facts.confidential ||
	    l->entries_count == 0)
		return false;
	host = s->said[SET_DEFAULT] &&
	       entry_match(l->entries[l->default_entry].entry, s->default_glob);
	choose_timeout(l, in);
	asked = take(l, "LoaderEntryOneShot", true, &value) && !host &&
		find(l, "LoaderEntryOneShot", value, &once);
	choose_usual(l, in, host);
	if (asked) {
		in->saves = false;
		l->usual_entry = l->default_entry;
		l->default_entry = once;
	}
	return asked;
}
