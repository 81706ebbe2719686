/* Keeps what boot files want to be kept from boot to boot, in variables of the firmware. */
#include "loader/keep.h"

#include "base/utf8.h"
#include "config/entry.h"
#include "config/kept.h"
#include "loader/log.h"
#include "loader/platform.h"

/* True when the firmware holds TEXT already. A variable that is longer than a kept one may be is
 * another's. */
static bool is_kept(const char *name, struct str text)
{
	static char now[KEPT_MAX];
	size_t n;
	enum status status = platform_get(VENDOR_PARTLESS, name, now, sizeof(now), &n);

	if (status == E_NOT_FOUND)
		return text.n == 0;
	return status == OK && str_eq((struct str){now, n}, text);
}

static enum status write(const struct kept *k, struct report *r)
{
	if (k->text.n > KEPT_MAX)
		return fail(r, E_LIMIT, "it would be %zu bytes, at most %u are kept", k->text.n,
			    KEPT_MAX);
	if (!platform_remembers())
		return fail(r, E_UNSUPPORTED,
			    "this firmware forgets its variables at a reset; give the guest pflash "
			    "with variables of its own");
	return platform_set(VENDOR_PARTLESS, k->name, KEEP_FOR_EVER, k->text.p, k->text.n, r);
}

static void log_kept(const struct kept *k, enum status status)
{
	if (!log_line("keep"))
		return;
	log_text("file", k->path);
	log_word("variable", k->name);
	log_number("bytes", k->text.n);
	if (status != OK)
		log_word("kept", "no");
	log_end();
}

enum status keep(const struct kept *k, struct report *r)
{
	enum status status = OK;

	for (; k != NULL && status == OK; k = k->next) {
		if (is_kept(k->name, k->text))
			continue;
		status = write(k, r);
		log_kept(k, status);
	}
	return status;
}

enum status keep_or_tell(const struct kept *k, struct report *r)
{
	size_t mark = report_mark(r);
	enum status status = keep(k, r);

	if (status == E_UNSUPPORTED)
		report_rewind(r, mark);
	else if (status != OK)
		(void)fail_in(r, mark, status,
			      "what the boot menu saves is not kept for the next boot");
	return status;
}

/* The id of the entry that was started last, for the host. Written when it is another one. */
static void keep_last(const struct entry *e, struct report *r)
{
	struct str id = utf8_cut(e->id, TITLE_BYTES);

	if (!is_kept(LAST_NAME, id) && platform_remembers())
		(void)platform_set(VENDOR_PARTLESS, LAST_NAME, KEEP_FOR_EVER, id.p, id.n, r);
}

/* An entry that was started before may have come back: then its name is there. */
void keep_for_start(const struct entry *e, struct report *r)
{
	static bool told;
	const struct kept *k = e->kept;
	bool counts = keep_or_tell(k, r) == OK && e->counted && k != NULL;
	size_t mark = report_mark(r);

	if (counts || told)
		(void)platform_set(VENDOR_PARTLESS, TRIES_NAME, KEEP_TILL_RESET,
				   counts ? k->name : NULL, counts ? str_of(k->name).n : 0, r);
	told = counts;
	keep_last(e, r);
	report_rewind(r, mark);
}
