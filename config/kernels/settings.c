/* What all kernels of a guest without a menu have in common: the name of the system and the
 * options, both from its root file system. */
#include "base/arena.h"
#include "base/utf8.h"
#include "config/image/rootfs.h"
#include "config/kernels/impl.h"
#include "config/lines/shell_vars.h"
#include "config/lines/text.h"
#include "fs/volume.h"

/* The most files in /etc/default/grub.d, and the largest file, in bytes. */
#define SETTINGS_MAX 32
#define FILE_BYTES   (64u << 10)

struct reader {
	struct parse *p;
	struct kernel_settings *settings;
	struct text text;
};

/* Reads a file on the root file system; "" when it is missing or cannot be read. Fails only with
 * E_NO_MEMORY. */
static enum status load(struct reader *r, struct volume *v, const char *path, struct str *text)
{
	size_t mark = report_mark(r->p->report);
	enum status status = text_load(r->p, v, str_of(path), FILE_BYTES, r->p->arena, text);

	if (status == E_NO_MEMORY)
		return status;
	if (status == E_NOT_FOUND || status == E_WRONG_TYPE)
		report_rewind(r->p->report, mark);
	if (status != OK)
		*text = S("");
	return OK;
}

static enum status read_vars(struct reader *r, struct volume *v, const char *path,
			     struct shell_vars *vars)
{
	struct str text;
	enum status status = load(r, v, path, &text);

	if (status == OK && !shell_vars_read(vars, text, r->p->arena, &r->text))
		status = parse_no_memory(r->p);
	return status;
}

static enum status read_title(struct reader *r, struct volume *v, struct shell_vars *vars)
{
	enum status status = read_vars(r, v, "/etc/os-release", vars);

	if (status == OK && vars->count == 0)
		status = read_vars(r, v, "/usr/lib/os-release", vars);
	r->settings->title = utf8_cut(shell_vars_get(vars, S("PRETTY_NAME")), TITLE_BYTES);
	if (r->settings->title.n == 0)
		r->settings->title = S("Linux");
	return status;
}

/* The *.cfg of /etc/default/grub.d, in the order of their names. */
struct cfg_files {
	struct reader *r;
	struct str name[SETTINGS_MAX];
	unsigned count;
};

static enum status add_setting(void *context, struct str name, enum file_type type)
{
	struct cfg_files *s = context;
	unsigned to;
	struct str copy;

	if (type == FILE_DIRECTORY || !str_ends(name, S(".cfg")) || name.p[0] == '.')
		return OK;
	if (s->count == SETTINGS_MAX)
		return E_LIMIT;
	if (!str_fmt(s->r->p->arena, &copy, "/etc/default/grub.d/%.*s%c", STR_ARG(name), 0))
		return parse_no_memory(s->r->p);
	for (to = s->count++; to > 0 && text_compare(s->name[to - 1], copy) > 0; to--)
		s->name[to] = s->name[to - 1];
	s->name[to] = copy;
	return OK;
}

/* Reads the options that grub-mkconfig would give to a kernel. */
static enum status read_grub_defaults(struct reader *r, struct volume *v, struct shell_vars *vars)
{
	struct cfg_files s = {.r = r};
	size_t mark = report_mark(r->p->report);
	enum status status = read_vars(r, v, "/etc/default/grub", vars);

	if (status == OK)
		status = vol_list(v, S("/etc/default/grub.d"), add_setting, &s);
	if (status == E_NO_MEMORY)
		return status;
	report_rewind(r->p->report, mark);
	status = OK;
	for (unsigned i = 0; i < s.count && status == OK; i++)
		status = read_vars(r, v, s.name[i].p, vars);
	r->text.n = 0;
	text_join(&r->text, str_trim(shell_vars_get(vars, S("GRUB_CMDLINE_LINUX"))));
	text_join(&r->text, str_trim(shell_vars_get(vars, S("GRUB_CMDLINE_LINUX_DEFAULT"))));
	return status;
}

/* Reads the options: those of kernel-install, else those of GRUB, else none. */
static enum status read_options(struct reader *r, struct volume *v, struct shell_vars *vars)
{
	struct str text;
	enum status status = load(r, v, "/etc/kernel/cmdline", &text);

	r->text.n = 0;
	r->text.full = false;
	while (status == OK && text.n > 0) {
		struct str line = str_trim(str_cut(&text, '\n'));

		if (line.n > 0 && line.p[0] != '#')
			text_join(&r->text, line);
	}
	if (status == OK && r->text.n == 0)
		status = read_grub_defaults(r, v, vars);
	if (status == OK && !text_take(&r->text, r->p->arena, &r->settings->options))
		status = parse_no_memory(r->p);
	return status;
}

enum status kernel_settings_read(struct parse *p, struct kernel_settings *settings)
{
	struct reader r = {.p = p, .settings = settings};
	struct shell_vars *vars = arena_array(p->arena, 1, sizeof(*vars));
	struct volume *root = rootfs_find(p->volume, p->places, NULL);
	enum status status;

	*settings = (struct kernel_settings){S("Linux"), S("")};
	if (vars == NULL || !text_init(&r.text, p->arena))
		return parse_no_memory(p);
	if (root == NULL)
		return OK;
	status = read_title(&r, root, vars);
	vars->count = 0;
	return status == OK ? read_options(&r, root, vars) : status;
}
