/* load_env and save_env: the variables that GRUB keeps on the disk. */
#include "config/grub/blocks.h"
#include "config/grub/commands.h"
#include "config/grub/options.h"

/* Finds the block that the command means, by -f or $prefix. Returns GRUB_OK or GRUB's error. */
static int find_block(struct grub *g, struct grub_args *args, const struct grub_block **block)
{
	static const struct grub_option table[] = {
		{"file", 'f', OPTION_VALUE},
		{"skip-sig", 's', OPTION_FLAG},
		{0},
	};
	struct grub_options said;
	struct str name;
	struct grub_path at;
	int result;

	if (!grub_options(args, table, false, &said))
		return GRUB_BAD_ARGUMENT;
	name = said.value[0];
	if (!said.set[0] &&
	    !str_fmt(&g->heap, &name, "%.*s/grubenv", STR_ARG(grub_get(g, S("prefix")))))
		grub_no_room(g);
	result = grub_path(g, name, &at);
	return result == GRUB_OK ? grub_block(g, at, block) : result;
}

/* True when the command names the variable, or names none. */
static bool wanted(const struct grub_args *args, struct str name)
{
	bool found = args->n == 0;

	for (unsigned i = 0; i < args->n && !found; i++)
		found = str_eq(args->v[i], name);
	return found;
}

/* Sets a variable of the block. A one-shot choice counts only in the run of the script that has
 * g->once: which entry boots without it must be known too. *SAVED becomes the default that holds
 * without it. */
static void take(struct grub *g, struct str name, struct str value, struct str *saved)
{
	bool previous = str_eq(name, S("prev_saved_entry"));

	if (value.n > 0 && (previous || str_eq(name, S("next_entry")))) {
		g->asked = true;
		if (previous)
			*saved = value;
		if (!g->once)
			return;
	}
	grub_set(g, name, value);
}

int grub_cmd_load_env(struct grub *g, struct grub_args *args)
{
	struct str saved = {0};
	const struct grub_block *block;
	int result = find_block(g, args, &block);

	if (result != GRUB_OK)
		return result;
	for (const struct grubenv_var *v = block->now.vars; v != NULL && grub_going(g);
	     v = v->next) {
		if (wanted(args, v->name))
			take(g, v->name, v->value, &saved);
	}
	if (!g->once && saved.n > 0)
		grub_set(g, S("saved_entry"), saved);
	return GRUB_OK;
}

/* Saves the variable NAME, or takes it out of the block when it is not set. Returns GRUB_OK or
 * GRUB's error. */
static int save(struct grub *g, struct grub_block *block, struct str name)
{
	bool set = grub_env_has(g->frame.env, name);
	struct str value = grub_keep(g, grub_get(g, name));
	enum status status;

	if (!grubenv_is_name(name))
		return set ? GRUB_BAD_ARGUMENT : GRUB_OK;
	status = grubenv_set(&block->now, grub_keep(g, name), set ? &value : NULL, &g->heap);
	if (status == E_NO_MEMORY)
		grub_no_room(g);
	return status == E_LIMIT ? GRUB_BAD_ARGUMENT : GRUB_OK;
}

int grub_cmd_save_env(struct grub *g, struct grub_args *args)
{
	const struct grub_block *block;
	struct grub_block *copy;
	int result = find_block(g, args, &block);

	if (result != GRUB_OK)
		return result;
	if (args->n == 0)
		return GRUB_BAD_ARGUMENT;
	copy = grub_block_copy(g, block);
	for (unsigned i = 0; copy != NULL && result == GRUB_OK && i < args->n; i++)
		result = save(g, copy, args->v[i]);
	if (copy != NULL && result != GRUB_OK)
		g->frame.blocks = copy->older; /* all or nothing */
	return result;
}
