/* File systems that share a name: a copy of a disk, attached beside it. */
#include "loader/disks/twins.h"

#include "base/utf8.h"
#include "config/lines/text.h"
#include "fs/volume.h"
#include "loader/disks/find.h"
#include "loader/disks/linux_name.h"
#include "loader/log.h"

#define ANOTHER "give the copy another, while it is not mounted, with '%s %s DEVICE'"

/* The most bytes that a sentence quotes of a title or of the options. */
#define QUOTE_BYTES 80

/* The most names that are noted, so that each is reported once. */
#define TOLD_MAX 16

struct told {
	struct str name[TOLD_MAX];
	unsigned count;
};

/* Notes that a name is reported. False when it was before, or nothing more can be noted. */
static bool tell(struct told *t, struct str name)
{
	for (unsigned i = 0; i < t->count; i++) {
		if (text_same(t->name[i], name))
			return false;
	}
	if (t->count == TOLD_MAX)
		return false;
	t->name[t->count++] = name;
	return true;
}

/* Linux may take either of the two. If the entry is on one of them and Linux' name for that disk is
 * sure, the host can append a root= with it: the last root= counts. */
static void report_root(struct loader *l, const struct entry *e, struct str root,
			enum cmdline_by by, const struct disk *const two[2])
{
	const struct disk *own = two[0]->volume == e->volume ? two[0] : two[1];
	bool sure = own->volume == e->volume && own->linux_sure;
	char buf[LINUX_NAME_BYTES];

	note(l->report,
	     "'%.*s' boots with root=%.*s, and %.*s and %.*s both have this %s: Linux may mount "
	     "either%s; " ANOTHER "%s%.*s",
	     STR_ARG(utf8_cut(e->title, QUOTE_BYTES)), STR_ARG(utf8_cut(root, QUOTE_BYTES)),
	     STR_ARG(two[0]->volume->name), STR_ARG(two[1]->volume->name),
	     by == BY_UUID ? "UUID" : "label",
	     l->settings.said[SET_DISK]
		     ? " (disk= chooses the menu only; disks that the firmware does not show were "
		       "not looked at)"
		     : "",
	     two[0]->volume->admin, by == BY_UUID ? two[0]->volume->new_uuid : "-L NAME",
	     sure ? ", or let the host say options-append=root=" : "",
	     STR_ARG(sure ? linux_name(own, buf) : S("")));
	if (!log_line("duplicate"))
		return;
	log_text("root", root);
	log_text("disk", two[0]->volume->name);
	log_text("other", two[1]->volume->name);
	log_end();
}

static void report_roots(struct loader *l, struct told *told)
{
	for (unsigned i = 0; i < l->entries_count; i++) {
		const struct entry *e = l->entries[i].entry;
		struct str root, name;
		const struct disk *two[2];
		enum cmdline_by by;

		if (e->kind != ENTRY_LINUX || e->problem.n > 0 ||
		    !cmdline_value(e->options, S("root="), &root))
			continue;
		by = cmdline_names(root, &name);
		if (find_two_disks(l, by, name, two) && tell(told, name))
			report_root(l, e, root, by, two);
	}
}

void twins_report(struct loader *l)
{
	struct told told = {0};

	report_roots(l, &told);
	for (unsigned i = 0; i < l->count; i++) {
		const struct volume *v = l->disks[i].volume;
		const struct disk *two[2];

		if (v == NULL || !find_two_disks(l, BY_UUID, str_of(v->uuid), two) ||
		    !tell(&told, str_of(v->uuid)))
			continue;
		note(l->report, "%.*s and %.*s have the same file-system UUID %s; " ANOTHER,
		     STR_ARG(two[0]->volume->name), STR_ARG(two[1]->volume->name), v->uuid,
		     v->admin, v->new_uuid);
	}
}
