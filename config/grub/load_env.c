/* grubenv: the variables that GRUB keeps on the disk. They are read and never written. */
#include "base/crc.h"
#include "config/grub/commands.h"
#include "config/grub/envblk.h"
#include "config/grub/file.h"
#include "config/grub/options.h"

/* True when the command names the variable, or names none. */
static bool wanted(const struct grub_args *args, struct str name)
{
	bool found = args->n == 0;

	for (unsigned i = 0; i < args->n && !found; i++)
		found = str_eq(args->v[i], name);
	return found;
}

/* Sets a variable of the block. GRUB takes a one-shot choice out of the block when it uses it.
 * Partless writes nothing, so the choice is set only when g->once says that it counts. *SAVED
 * becomes the default that holds without it. */
static void take(struct grub *g, struct str name, struct str value, struct str *saved)
{
	bool previous = str_eq(name, S("prev_saved_entry"));

	if (value.n > 0 && (previous || str_eq(name, S("next_entry")))) {
		g->asked = true;
		g->asked_hash = crc32c(crc32c(g->asked_hash, name.p, name.n), value.p, value.n);
		if (previous)
			*saved = value;
		if (!g->once)
			return;
	}
	grub_set(g, name, value);
}

int grub_cmd_load_env(struct grub *g, struct grub_args *args)
{
	static const struct grub_option table[] = {
		{"file", 'f', OPTION_VALUE},
		{"skip-sig", 's', OPTION_FLAG},
		{0},
	};
	struct str name, saved = {0};
	struct grub_options said;
	struct grubenv_var *v;
	struct grub_path at;
	int result;

	if (!grub_options(args, table, false, &said))
		return GRUB_BAD_ARGUMENT;
	name = said.value[0];
	if (!said.set[0] &&
	    !str_fmt(&g->heap, &name, "%.*s/grubenv", STR_ARG(grub_get(g, S("prefix")))))
		grub_no_room(g);
	result = grub_path(g, name, &at);
	if (result != GRUB_OK)
		return result;
	if (!grub_may_read(g, GRUBENV_FILE_MAX * 4))
		return GRUB_NOT_FOUND;
	switch (grubenv_read(at.volume, at.path, &g->heap, &v)) {
	case OK:
		break;
	case E_NOT_FOUND:
		return GRUB_NOT_FOUND;
	default: /* reported */
		return GRUB_BAD_FILE;
	}
	for (; v != NULL && grub_going(g); v = v->next) {
		if (wanted(args, v->name))
			take(g, v->name, v->value, &saved);
	}
	if (!g->once && saved.n > 0)
		grub_set(g, S("saved_entry"), saved);
	return GRUB_OK;
}
