/* The commands that run another file: source, configfile, normal. */
#include "config/grub/commands.h"
#include "config/grub/file.h"
#include "config/grub/menu.h"
#include "config/lines/path.h"

/* Takes out carriage returns, as GRUB does when it reads a line, and NULs. */
static void drop_noise(struct str *text)
{
	char *p = (char *)text->p;
	size_t n = 0;

	for (size_t i = 0; i < text->n; i++) {
		if (p[i] != '\r' && p[i] != '\0')
			p[n++] = p[i];
	}
	text->n = n;
}

void grub_run_file(struct grub *g, struct grub_file *file, struct str text)
{
	static const struct str names[] = {S("config_file"), S("config_directory")};
	struct grub_file *outer = g->file;
	struct str old[2], name = grub_full_name(g, file->volume, file->path);

	for (unsigned i = 0; i < 2; i++) {
		old[i] = grub_keep(g, grub_get(g, names[i]));
		grub_set(g, names[i], name);
		if (!grub_env_export(g->frame.env, names[i]))
			grub_no_room(g);
		name = path_directory(name);
	}
	if (++g->nesting > GRUB_NESTING_MAX)
		grub_limit(g, "files include each other");
	drop_noise(&text);
	file->up = outer != file ? outer : NULL;
	grub_enter(g, file);
	grub_run_text(g, text, 1);
	grub_enter(g, outer);
	g->nesting--;
	for (unsigned i = 0; i < 2; i++)
		grub_set(g, names[i], old[i]);
}

/* Keeps the reason why COMMAND cannot read the file NAME: for the script or, in a body, for its
 * entry. */
static void keep_failure(struct grub *g, struct str command, struct str name, const char *why)
{
	bool full = str_starts(name, S("("));
	struct str root = full ? S("") : grub_get(g, S("root")), text;

	if (!str_fmt(&g->heap, &text, "%.*s %.*s%s%.*s: %s", STR_ARG(command), STR_ARG(name),
		     full ? "" : " on ", STR_ARG(root), why))
		grub_no_room(g);
	else if (g->frame.title.n == 0)
		grub_give_reason(g, text, false);
	else
		g->frame.boot->failed = text;
}

static const char *why_not(int result)
{
	switch (result) {
	case GRUB_NO_NET:
		return "no such disk";
	case GRUB_NO_DEVICE:
		return "no such partition";
	case GRUB_NOT_FOUND:
		return "no such file";
	case GRUB_BAD_NAME:
		return "this is no path";
	default:
		return "it cannot be read";
	}
}

/* Runs a file as part of the script; COMMAND asked for it. */
static void include(struct grub *g, struct str command, struct str name)
{
	struct grub_file *file = arena_array(&g->heap, 1, sizeof(*file));
	struct str text;
	struct grub_path at;
	int result = grub_path(g, name, &at);

	if (file == NULL) {
		grub_no_room(g);
		return;
	}
	if (result == GRUB_OK)
		result = grub_load(g, at, CONFIG_FILE_MAX, &text);
	if (!grub_going(g))
		return;
	if (result != GRUB_OK) {
		keep_failure(g, command, name, why_not(result));
		return;
	}
	*file = (struct grub_file){.volume = at.volume, .path = grub_keep(g, at.path)};
	grub_run_file(g, file, text);
}

/* $? is 0 whether or not the file is there, as with GRUB. */
int grub_cmd_source(struct grub *g, struct grub_args *args)
{
	if (args->n != 1)
		return GRUB_BAD_ARGUMENT;
	include(g, args->name, args->v[0]);
	return GRUB_OK;
}

/* True when the file is being read, or an entry of it is run: showing its menu again would never
 * end. */
static bool is_open(struct grub *g, struct str name)
{
	struct grub_path at;

	if (grub_path(g, name, &at) != GRUB_OK)
		return false;
	for (const struct grub_file *f = g->file; f != NULL; f = f->up) {
		if (f->volume == at.volume && str_eq(f->path, at.path))
			return true;
	}
	return false;
}

/* Runs a file whose menu is shown instead of this one; with NEW_ENV in variables of its own. */
static int show_file(struct grub *g, struct str command, struct str name, bool new_env)
{
	const struct grub_frame outer = g->frame;
	const struct grub_block *blocks;
	struct grub_env env;
	struct grub_menu menu = {0};

	if (is_open(g, name)) {
		keep_failure(g, command, name, "it would read this same file again: left out");
		return GRUB_OK;
	}
	grub_env_open(&env, outer.env, true);
	if (new_env)
		g->frame.env = &env;
	g->frame.menu = &menu;
	include(g, command, name);
	g->frame.menu = outer.menu;
	if (menu.count > 0 && grub_going(g)) {
		if (g->frame.title.n == 0)
			grub_menu_show(g, &menu);
		else
			g->frame.boot->menu = grub_menu_read(g, &menu, &g->frame.boot->menu_found);
		g->stopped = true;
	}
	blocks = g->frame.blocks;
	g->frame = outer;
	if (outer.title.n == 0)
		g->frame.blocks = blocks; /* GRUB saves while the file is read */
	grub_env_close(&env);
	return GRUB_OK;
}

int grub_cmd_configfile(struct grub *g, struct grub_args *args)
{
	bool normal = args->variant == GRUB_NORMAL;
	struct str name;

	if (args->n > 0)
		return show_file(g, args->name, args->v[0], !normal);
	if (!normal)
		return GRUB_BAD_ARGUMENT;
	if (!str_fmt(&g->heap, &name, "%.*s/grub.cfg", STR_ARG(grub_get(g, S("prefix")))))
		grub_no_room(g);
	return show_file(g, args->name, name, false);
}
