/* No menu at all: the kernels in a folder, each with its initrd, the newest first. */
#include "base/arena.h"
#include "base/utf8.h"
#include "config/parse.h"
#include "config/path.h"
#include "config/rootfs.h"
#include "config/shell_vars.h"
#include "config/version.h"
#include "fs/volume.h"

/* Kernels of one folder; files in /etc/default/grub.d; the largest file of settings. */
#define KERNELS_MAX  64
#define SETTINGS_MAX 32
#define FILE_BYTES   (64u << 10)
#define TITLE_BYTES  255

/* What stands before a kernel's version, or is its whole name; "kernel" alone is many things. */
static const char *const prefixes[] = {"vmlinuz", "bzImage", "kernel"};

/* What package managers and signers leave beside a kernel. */
static const char *const leftovers[] = {
	".hmac",    ".sig",    ".sha512hmac", ".dpkg-new", ".dpkg-old", ".dpkg-tmp", ".dpkg-bak",
	".rpmsave", ".rpmnew", ".bak",        ".img",      ".conf",     ".config",   ".efi.signed"};

/* An initrd's name: what stands before and after the version. */
static const struct {
	const char *before, *after;
} initrds[] = {
	{"initrd.img", ""},
	{"initramfs", ".img"},
	{"initrd", ""},
	{"initrd", ".img"},
	{"initramfs", ""},
	{"initramfs-genkernel-x86_64", ""},
	{"initramfs-genkernel-x86_64", ".img"},
};

struct kernel {
	struct str name;
	struct str version; /* with what joins it to the prefix: "-6.1.0-18-amd64"; may be "" */
};

struct reader {
	struct parse *p;
	struct kernel kernel[KERNELS_MAX];
	unsigned count;
	bool more;
	struct str title, options;
	struct text text;
};

static enum status no_memory(struct reader *r)
{
	return fail(r->p->report, E_NO_MEMORY, "%.*s: no memory for its kernels",
		    STR_ARG(r->p->path));
}

/* True when NAME is a kernel's; its version goes to *VERSION. */
static bool is_kernel(struct str name, struct str *version)
{
	for (size_t i = 0; i < sizeof(leftovers) / sizeof(*leftovers); i++) {
		if (str_ends(name, str_of(leftovers[i])))
			return false;
	}
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		struct str prefix = str_of(prefixes[i]), rest = name;

		if (!str_cut_prefix(&rest, prefix))
			continue;
		if (rest.n > 0 ? rest.p[0] != '-' && !str_eq(rest, S(".old")) : prefix.p[0] == 'k')
			continue;
		*version = rest;
		return true;
	}
	return false;
}

static enum status add_name(void *context, struct str name, enum file_type type)
{
	struct reader *r = context;
	struct kernel *k = &r->kernel[r->count];
	struct str version;

	if (type == FILE_DIRECTORY || !is_kernel(name, &version))
		return OK;
	r->more = r->count == KERNELS_MAX;
	if (r->more)
		return E_LIMIT;
	if (!str_dup(r->p->arena, name, &k->name))
		return no_memory(r);
	k->version = (struct str){k->name.p + (name.n - version.n), version.n};
	r->count++;
	return OK;
}

/* Kernels of the same kind are in the order of their versions; a rescue image comes after all, and
 * before it what was kept of an older kernel, and names without a version. */
static unsigned rank(const struct kernel *k)
{
	if (text_find(k->version, S("rescue")) < k->version.n)
		return 3;
	if (str_ends(k->version, S(".old")))
		return 2;
	return k->version.n == 0;
}

static bool comes_after(const struct kernel *a, const struct kernel *b)
{
	if (rank(a) != rank(b))
		return rank(a) > rank(b);
	return version_compare(a->version, b->version) < 0;
}

static void sort(struct reader *r)
{
	for (unsigned i = 1; i < r->count; i++) {
		struct kernel k = r->kernel[i];
		unsigned to = i;

		for (; to > 0 && comes_after(&r->kernel[to - 1], &k); to--)
			r->kernel[to] = r->kernel[to - 1];
		r->kernel[to] = k;
	}
}

/* The last part of what the symlink PATH names; "" when it is none. */
static enum status link_name(struct reader *r, struct str path, struct str *name)
{
	struct parse *p = r->p;
	size_t mark = report_mark(p->report);
	struct str target;
	enum status status = vol_readlink(p->volume, path, p->arena, &target);

	if (status == E_NO_MEMORY)
		return status;
	report_rewind(p->report, mark);
	*name = status == OK ? path_name(target) : S("");
	return OK;
}

static bool is_listed(const struct reader *r, const struct kernel *self, struct str name)
{
	for (unsigned i = 0; i < r->count; i++) {
		if (&r->kernel[i] != self && str_eq(r->kernel[i].name, name))
			return true;
	}
	return false;
}

/* The initrd in the kernel's own folder that has VERSION in its name. */
static enum status find_initrd(struct reader *r, struct str version, struct entry *e)
{
	for (size_t i = 0; i < sizeof(initrds) / sizeof(*initrds) && e->initrds == 0; i++) {
		bool old = str_eq(version, S(".old"));
		struct str name, path;

		if (!str_fmt(r->p->arena, &name, "%s%.*s%s%s", initrds[i].before,
			     STR_ARG(old ? S("") : version), initrds[i].after, old ? ".old" : ""))
			return no_memory(r);
		if (path_join(r->p, r->p->path, name, &path) != OK)
			return E_NO_MEMORY;
		if (path_exists(r->p, r->p->volume, path))
			e->initrd[e->initrds++] = path;
	}
	return OK;
}

static enum status name_entry(struct reader *r, struct str version, struct entry *e)
{
	(void)str_cut_prefix(&version, S("-"));
	e->version = version;
	if (!str_fmt(r->p->arena, &e->title, "%.*s%s%.*s%s", STR_ARG(r->title),
		     version.n > 0 ? " (" : "", STR_ARG(utf8_cut(version, TITLE_BYTES)),
		     version.n > 0 ? ")" : ""))
		return no_memory(r);
	return OK;
}

/* A symlink to a kernel of the same folder is that kernel; one to another folder has the version of
 * what it leads to. */
static enum status add_kernel(struct reader *r, const struct kernel *k)
{
	struct str path, target = S(""), version = k->version, linked;
	struct entry *e;
	enum status status = path_join(r->p, r->p->path, k->name, &path);

	if (status == OK)
		status = link_name(r, path, &target);
	if (status != OK || (target.n > 0 && is_listed(r, k, target)))
		return status;
	status = parse_entry(r->p, 1, &e);
	if (status != OK)
		return status;
	e->id = k->name;
	e->kernel = path;
	e->options = r->options;
	status = find_initrd(r, version, e);
	if (status == OK && target.n > 0 && is_kernel(target, &linked))
		version = linked;
	return status == OK ? name_entry(r, version, e) : status;
}

/* A file of settings on the root file system; "" when it is not there or cannot be read. */
static enum status load(struct reader *r, struct volume *v, const char *path, struct str *text)
{
	size_t mark = report_mark(r->p->report);
	enum status status = text_load(v, str_of(path), FILE_BYTES, r->p->arena, text);

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
		status = no_memory(r);
	return status;
}

static enum status read_title(struct reader *r, struct volume *v, struct shell_vars *vars)
{
	enum status status = read_vars(r, v, "/etc/os-release", vars);

	if (status == OK && vars->count == 0)
		status = read_vars(r, v, "/usr/lib/os-release", vars);
	r->title = utf8_cut(shell_vars_get(vars, S("PRETTY_NAME")), TITLE_BYTES);
	if (r->title.n == 0)
		r->title = S("Linux");
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
		return no_memory(s->r);
	for (to = s->count++; to > 0 && text_compare(s->name[to - 1], copy) > 0; to--)
		s->name[to] = s->name[to - 1];
	s->name[to] = copy;
	return OK;
}

/* What grub-mkconfig would give to a kernel. */
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

/* The options: kernel-install's, else GRUB's, else none. */
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
	if (status == OK && !text_take(&r->text, r->p->arena, &r->options))
		status = no_memory(r);
	return status;
}

static enum status read_settings(struct reader *r)
{
	struct shell_vars *vars = arena_array(r->p->arena, 1, sizeof(*vars));
	struct volume *root = rootfs_find(r->p->volume, r->p->places, NULL);
	enum status status;

	r->title = S("Linux");
	r->options = S("");
	if (vars == NULL || !text_init(&r->text, r->p->arena))
		return no_memory(r);
	if (root == NULL)
		return OK;
	status = read_title(r, root, vars);
	vars->count = 0;
	return status == OK ? read_options(r, root, vars) : status;
}

/* E_NOT_FOUND, without a word, when the folder holds no kernel. */
static enum status list_kernels(struct reader *r)
{
	struct parse *p = r->p;
	size_t mark = report_mark(p->report);
	enum status status = vol_list(p->volume, p->path, add_name, r);

	if (r->more) {
		note(p->report, "%.*s: more than %u kernels: the rest is not looked at",
		     STR_ARG(p->path), KERNELS_MAX);
		status = OK;
	}
	if (status == E_NOT_FOUND || status == E_WRONG_TYPE)
		report_rewind(p->report, mark);
	if (status == E_WRONG_TYPE || (status == OK && r->count == 0))
		status = E_NOT_FOUND;
	return status;
}

enum status kernels_read(struct parse *p)
{
	struct reader *r = arena_array(p->arena, 1, sizeof(*r));
	enum status status;

	if (r == NULL)
		return fail(p->report, E_NO_MEMORY, "%.*s: no memory for its kernels",
			    STR_ARG(p->path));
	r->p = p;
	status = list_kernels(r);
	if (status != OK)
		return status;
	p->config->from = p->path;
	sort(r);
	status = read_settings(r);
	for (unsigned i = 0; i < r->count && status == OK; i++)
		status = add_kernel(r, &r->kernel[i]);
	return status;
}
