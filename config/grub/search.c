/* `search` finds a file system by its UUID, its label, or a file on it. */
#include "config/grub/commands.h"
#include "config/grub/file.h"
#include "config/grub/options.h"
#include "config/lines/text.h"

/* BY is GRUB_BY_FILE, _LABEL or _UUID. NULL matches nothing. */
static bool matches(struct grub *g, const struct place *p, int by, struct str key)
{
	struct file_info info;

	grub_charge(g, key.n);
	if (p == NULL)
		return false;
	switch (by) {
	case GRUB_BY_LABEL:
		return p->volume->label.n > 0 && str_eq(p->volume->label, key);
	case GRUB_BY_UUID:
		return key.n > 0 && text_same(str_of(p->volume->uuid), key);
	case GRUB_BY_FILE:
	default:
		return key.n > 0 && key.p[0] == '/' &&
		       grub_look(g, (struct grub_path){p->volume, key}, true, &info) &&
		       info.type == FILE_REGULAR;
	}
}

/* The volume that a hint names, or, when it ends with a comma, one on the disk it names. */
static const struct place *try_hint(struct grub *g, struct str hint, int by, struct str key)
{
	bool below = str_ends(hint, S(","));
	struct str name = {hint.p, hint.n - below};
	const struct place *p = grub_device(g, name);

	if (matches(g, p, by, key))
		return p;
	for (unsigned i = 0; below && i < g->places.count; i++) {
		char buf[GRUB_DEVICE_BYTES];

		p = &g->places.p[i];
		if (str_starts(grub_device_name(p, buf), hint) && matches(g, p, by, key))
			return p;
	}
	return NULL;
}

/* A copy of a disk has the same UUIDs and labels. So the script's own volume is tried first, then
 * the others of its disk; hints and GRUB's order come after that. NULL when none of them matches.
 */
static const struct place *find_near(struct grub *g, int by, struct str key)
{
	const struct place *own = g->places.p, *near = NULL;

	while (own->volume != g->p->volume)
		own++;
	if (by == GRUB_BY_FILE)
		return NULL;
	if (matches(g, own, by, key))
		return own;
	for (unsigned i = 0; near == NULL && i < g->places.count; i++) {
		const struct place *p = &g->places.p[i];

		if (p->disk == own->disk && matches(g, p, by, key))
			near = p;
	}
	return near;
}

static int search(struct grub *g, int by, struct str key, const struct str *variable,
		  const struct str *hints, unsigned count)
{
	static const char *const what[] = {
		[GRUB_BY_FILE] = "with the file",
		[GRUB_BY_LABEL] = "with the label",
		[GRUB_BY_UUID] = "with the UUID",
	};
	const struct place *found = find_near(g, by, key);
	char buf[GRUB_DEVICE_BYTES];
	struct str missing;

	for (unsigned i = 0; found == NULL && i < count; i++)
		found = try_hint(g, hints[i], by, key);
	for (unsigned i = 0; found == NULL && i < g->places.count; i++) {
		if (matches(g, &g->places.p[i], by, key))
			found = &g->places.p[i];
	}
	if (found == NULL) {
		if (!str_fmt(&g->heap, &missing, "there is no file system %s %.*s", what[by],
			     STR_ARG(key)))
			grub_no_room(g);
		else
			g->frame.boot->missing = missing;
		g->frame.boot->missing_path = g->file->path;
		g->frame.boot->missing_line = g->line;
		g->frame.boot->searched = false;
		if (g->frame.title.n == 0)
			grub_give_reason(g, g->frame.boot->missing, true);
		return GRUB_NOT_FOUND;
	}
	if (g->frame.title.n == 0)
		grub_forget_searches(g);
	if (variable != NULL)
		grub_set(g, *variable, grub_device_name(found, buf));
	g->frame.boot->missing = (struct str){0};
	g->frame.boot->searched = true;
	return GRUB_OK;
}

int grub_cmd_search(struct grub *g, struct grub_args *args)
{
	enum { FILE, LABEL, UUID, SET, HINT = 7 };
	static const struct grub_option table[] = {
		{"file", 'f', OPTION_FLAG},          {"label", 'l', OPTION_FLAG},
		{"fs-uuid", 'u', OPTION_FLAG},       {"set", 's', OPTION_MAYBE},
		{"no-floppy", 'n', OPTION_FLAG},     {"efidisk-only", 0, OPTION_FLAG},
		{"cryptodisk-only", 0, OPTION_FLAG}, {"hint", 'h', OPTION_LIST},
		{"hint-efi", 0, OPTION_LIST},        {"hint-bios", 0, OPTION_VALUE},
		{"hint-baremetal", 0, OPTION_VALUE}, {"hint-ieee1275", 0, OPTION_VALUE},
		{"hint-arc", 0, OPTION_VALUE},       {0},
	};
	struct grub_options said;
	struct str variable = S("root"), key;

	if (!grub_options(args, table, true, &said))
		return GRUB_BAD_ARGUMENT;
	while (args->n > 0 && str_starts(args->v[0], S("--hint-"))) {
		args->v++;
		args->n--;
	}
	if (args->n > 0) {
		key = args->v[0];
		if (said.value[SET].p != NULL)
			variable = said.value[SET];
	} else if (said.value[SET].p != NULL) {
		key = said.value[SET]; /* as GRUB 1.98 wrote it: --set UUID */
	} else {
		return GRUB_BAD_ARGUMENT;
	}
	if (!(said.set[FILE] || said.set[LABEL] || said.set[UUID]))
		return GRUB_NO_SEARCH;
	return search(g,
		      said.set[LABEL]  ? GRUB_BY_LABEL
		      : said.set[UUID] ? GRUB_BY_UUID
				       : GRUB_BY_FILE,
		      key, said.set[SET] ? &variable : NULL, said.values, said.count);
}

/* search.file, search.fs_label, search.fs_uuid: KEY [VARIABLE [HINT..]]. */
int grub_cmd_search_words(struct grub *g, struct grub_args *args)
{
	if (args->n == 0)
		return GRUB_BAD_ARGUMENT;
	return search(g, args->variant, args->v[0], args->n > 1 ? &args->v[1] : NULL, args->v + 2,
		      args->n > 2 ? args->n - 2 : 0);
}
