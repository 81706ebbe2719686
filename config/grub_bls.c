/* `blscfg`, of Fedora's GRUB: the entries of the Boot Loader Specification join the menu. */
#include "base/mem.h"
#include "config/bls.h"
#include "config/grub_commands.h"
#include "config/grub_file.h"

/* What a variable in an entry stands for. */
static bool look_up(void *context, struct str name, struct str *value)
{
	struct grub *g = context;

	if (!grub_env_has(g->env, name))
		return false;
	*value = grub_keep(g, grub_get(g, name));
	return true;
}

static enum status list(struct grub *g, struct volume *v, struct str folder, struct entry **list)
{
	struct parse p = *g->p;

	p.volume = v;
	p.path = folder;
	grub_charge(g, GRUB_WORK_DISK);
	return bls_entries(&p, BLS_GRUB, look_up, g, list);
}

/* One word chooses one entry; "default" and "non-default" are the halves of all, of which the first
 * asks for all here. */
static bool is_wanted(const struct grub_args *args, const struct entry *e)
{
	return args->n == 0 || args->v[0].p[0] == '(' || str_eq(args->v[0], S("default")) ||
	       str_eq(args->v[0], e->id);
}

int grub_cmd_blscfg(struct grub *g, struct grub_args *args)
{
	struct str folder = grub_get(g, S("blsdir")), device = grub_get(g, S("root"));
	struct entry *e = NULL;
	const struct place *place;
	enum status status;

	if (args->n > 0 && str_starts(args->v[0], S("("))) {
		folder = (struct str){args->v[0].p + 1, args->v[0].n - 1};
		device = str_cut(&folder, ')');
	}
	place = grub_device(g, device);
	if (place == NULL)
		return GRUB_NO_DEVICE;
	if (g->menu == NULL)
		return GRUB_OK;
	folder = folder.n > 0 ? grub_keep(g, folder) : S("/loader/entries");
	status = list(g, place->volume, folder, &e);
	if (status == E_NOT_FOUND && args->n == 0)
		status = list(g, place->volume, S("/boot/loader/entries"), &e);
	if (status == E_NO_MEMORY)
		g->status = status;
	for (; status == OK && e != NULL && grub_going(g); e = e->next) {
		if (is_wanted(args, e))
			grub_menu_add_made(g, e);
	}
	return status == OK ? GRUB_OK : GRUB_NOT_FOUND;
}
