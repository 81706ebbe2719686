/* Guests without a menu: the kernels in a folder become entries, each with its initrd. The newest
 * comes first; kernels without a good initrd come last. */
#include "base/arena.h"
#include "base/utf8.h"
#include "config/kernels/impl.h"
#include "config/lines/path.h"
#include "fs/volume.h"

/* The most kernels of one folder. */
#define KERNELS_MAX 64

struct reader {
	struct parse *p;
	struct kernel kernel[KERNELS_MAX];
	unsigned count;
	bool more;
	struct kernel_settings settings;
};

/* Room for one more kernel, in *MADE; E_LIMIT when there is none. */
static enum status add_kernel(struct reader *r, struct kernel **made)
{
	r->more = r->count == KERNELS_MAX;
	if (r->more)
		return E_LIMIT;
	*made = &r->kernel[r->count++];
	return OK;
}

/* Adds a file of a folder of kernels, if its name is a kernel's. */
static enum status add_name(void *context, struct str name, enum file_type type)
{
	struct reader *r = context;
	struct parse *p = r->p;
	struct kernel *k;
	struct str version;
	enum status status;

	if (type == FILE_DIRECTORY || !kernel_is_named(name, &version))
		return OK;
	status = add_kernel(r, &k);
	if (status == OK)
		status = path_join(p, p->path, name, &k->path);
	if (status != OK)
		return status;
	if (!str_dup(p->arena, name, &k->name))
		return parse_no_memory(p);
	k->version = (struct str){k->name.p + (name.n - version.n), version.n};
	return OK;
}

/* Adds a folder of modules: a kernel may lie in it. */
static enum status add_version(void *context, struct str name, enum file_type type)
{
	struct reader *r = context;
	struct parse *p = r->p;
	struct kernel *k;
	enum status status;

	if (type != FILE_DIRECTORY && type != FILE_SYMLINK && type != FILE_UNKNOWN)
		return OK;
	status = add_kernel(r, &k);
	if (status != OK)
		return status;
	if (!str_fmt(p->arena, &k->version, "-%.*s", STR_ARG(name)))
		return parse_no_memory(p);
	k->name = str_skip(k->version, 1);
	return OK;
}

typedef bool after_fn(const struct kernel *a, const struct kernel *b);

/* Equal kernels keep their order. */
static void sort(struct reader *r, after_fn *comes_after)
{
	for (unsigned i = 1; i < r->count; i++) {
		struct kernel k = r->kernel[i];
		unsigned to = i;

		for (; to > 0 && comes_after(&r->kernel[to - 1], &k); to--)
			r->kernel[to] = r->kernel[to - 1];
		r->kernel[to] = k;
	}
}

static bool has_good_initrd(const struct kernel *k)
{
	return k->initrd.n > 0 && k->fault == NULL && !k->dangling;
}

static bool is_worse(const struct kernel *a, const struct kernel *b)
{
	return (a->dangling ? 2 : !has_good_initrd(a)) > (b->dangling ? 2 : !has_good_initrd(b));
}

/* Finds out where the kernel leads, if it is a symlink. */
static enum status look_at_link(struct parse *p, struct kernel *k)
{
	size_t mark = report_mark(p->report);
	struct file_info info;
	enum status status = vol_link_target(p->volume, k->path, p->arena, &k->target);

	if (status != OK || k->target.n == 0)
		return status;
	status = vol_info(p->volume, k->path, &info);
	if (status == E_NO_MEMORY)
		return status;
	report_rewind(p->report, mark);
	k->dangling = status == E_NOT_FOUND || status == E_WRONG_TYPE;
	return kernel_version_of(p, k->target, &k->linked);
}

/* True for a symlink to another kernel of the list, and for a second link to the same file. */
static bool is_another(const struct reader *r, unsigned i)
{
	struct str target = r->kernel[i].target;

	for (unsigned j = 0; j < r->count && target.n > 0; j++) {
		if (j != i && str_eq(r->kernel[j].path, target))
			return true;
		if (j < i && str_eq(r->kernel[j].target, target))
			return true;
	}
	return false;
}

static void drop_doubles(struct reader *r)
{
	unsigned kept = 0;
	bool other[KERNELS_MAX];

	for (unsigned i = 0; i < r->count; i++)
		other[i] = is_another(r, i);
	for (unsigned i = 0; i < r->count; i++) {
		if (!other[i])
			r->kernel[kept++] = r->kernel[i];
	}
	r->count = kept;
}

static struct str shown_version(const struct kernel *k)
{
	struct str version = k->linked.n > 0 ? k->linked : k->version;

	(void)str_cut_prefix(&version, S("-"));
	return version;
}

/* Reports why the newest is not the default: what is wrong with each kernel before the first that
 * has a good initrd, up to CONFIG_NOTES of them. */
static void note_faults(struct reader *r)
{
	const struct parse *p = r->p;
	unsigned good = 0, told = 0;

	while (good < r->count && !has_good_initrd(&r->kernel[good]))
		good++;
	for (unsigned i = 0; i < good && good < r->count && told < CONFIG_NOTES; i++) {
		struct kernel *k = &r->kernel[i];

		if (k->dangling)
			continue;
		told++;
		k->fault_told = k->fault != NULL;
		if (k->initrd.n > 0)
			note(p->report,
			     "kernel %.*s on %.*s: its initrd %.*s %s: not the default; let the "
			     "guest make it anew",
			     STR_ARG(k->path), STR_ARG(p->volume->name), STR_ARG(k->initrd),
			     k->fault);
		else
			note(p->report,
			     "kernel %.*s on %.*s: no initrd for %.*s: not the default; let the "
			     "guest make one",
			     STR_ARG(k->path), STR_ARG(p->volume->name),
			     STR_ARG(shown_version(k).n > 0 ? shown_version(k) : k->name));
	}
}

/* Broken links alone are no menu: E_NOT_FOUND. They are usual on a root file system whose /boot is
 * another disk, so they are reported only when nothing boots. */
static enum status set_aside(struct reader *r)
{
	struct parse *p = r->p;
	const struct kernel *k = &r->kernel[0]; /* the best of them */
	struct str end;
	enum status status;

	if (r->count > 0 && !k->dangling)
		return OK;
	if (r->count == 0 || p->config->aside.n > 0)
		return E_NOT_FOUND;
	status = vol_link_end(p->volume, k->path, p->arena, &end);
	if (status != OK)
		return status;
	return str_fmt(p->arena, &p->config->aside,
		       "kernel %.*s on %.*s is a link to %.*s, which is not there%s",
		       STR_ARG(k->path), STR_ARG(p->volume->name), STR_ARG(end),
		       str_starts(end, S("/boot/")) ? ": is /boot a disk of its own?" : "")
		       ? E_NOT_FOUND
		       : parse_no_memory(p);
}

static enum status add_entry(struct reader *r, const struct kernel *k)
{
	struct entry *e;
	enum status status = parse_entry(r->p, 0, &e);

	if (status != OK)
		return status;
	e->id = k->name;
	e->kernel = k->path;
	e->options = r->settings.options;
	e->version = shown_version(k);
	if (k->initrd.n > 0)
		e->initrd[e->initrds++] = k->initrd;
	e->initrd_told = k->fault_told;
	return str_fmt(r->p->arena, &e->title, "%.*s%s%.*s%s", STR_ARG(r->settings.title),
		       e->version.n > 0 ? " (" : "", STR_ARG(utf8_cut(e->version, TITLE_BYTES)),
		       e->version.n > 0 ? ")" : "")
		       ? OK
		       : parse_no_memory(r->p);
}

/* Makes entries of the kernels that were listed. */
static enum status add_entries(struct reader *r)
{
	enum status status;

	sort(r, kernel_comes_after);
	drop_doubles(r);
	note_faults(r);
	sort(r, is_worse);
	status = set_aside(r);
	if (status != OK)
		return status;
	r->p->config->from = r->p->path;
	status = kernel_settings_read(r->p, &r->settings);
	for (unsigned i = 0; i < r->count && status == OK; i++)
		status = add_entry(r, &r->kernel[i]);
	return status;
}

/* Lists the folder p->path; E_NOT_FOUND, unreported, when there is none. */
static enum status list(struct reader *r, dir_fn *add)
{
	struct parse *p = r->p;
	size_t mark = report_mark(p->report);
	enum status status = vol_list(p->volume, p->path, add, r);

	if (r->more) {
		note(p->report, "%.*s on %.*s: more than %u kernels: the rest is not looked at",
		     STR_ARG(p->path), STR_ARG(p->volume->name), KERNELS_MAX);
		status = OK;
	}
	if (status == E_NOT_FOUND || status == E_WRONG_TYPE) {
		report_rewind(p->report, mark);
		status = E_NOT_FOUND;
	}
	return status;
}

/* NULL when memory is used up. */
static struct reader *make_reader(struct parse *p)
{
	struct reader *r = arena_array(p->arena, 1, sizeof(*r));

	if (r != NULL)
		r->p = p;
	return r;
}

enum status kernels_read(struct parse *p)
{
	struct reader *r = make_reader(p);
	enum status status;

	if (r == NULL)
		return parse_no_memory(p);
	status = list(r, add_name);
	for (unsigned i = 0; status == OK && i < r->count; i++) {
		status = look_at_link(p, &r->kernel[i]);
		if (status == OK)
			status = kernel_find_initrd(p, p->path, &r->kernel[i]);
	}
	return status == OK ? add_entries(r) : status;
}

/* Finds the file of a kernel that lies among its modules. Fails only with E_NO_MEMORY, reported. */
static enum status find_file(struct parse *p, struct kernel *k, bool *there)
{
	static const char files[][8] = {"vmlinuz", "Image"};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files) && !*there; i++) {
		if (!str_fmt(p->arena, &k->path, "%.*s/%.*s/%s", STR_ARG(p->path), STR_ARG(k->name),
			     files[i]))
			return parse_no_memory(p);
		*there = path_exists(p, p->volume, k->path);
	}
	return OK;
}

enum status modules_read(struct parse *p)
{
	struct reader *r = make_reader(p);
	enum status status;
	unsigned kept = 0;

	if (r == NULL)
		return parse_no_memory(p);
	status = list(r, add_version);
	if (status != OK)
		return status;
	for (unsigned i = 0; i < r->count && status == OK; i++) {
		bool there = false;

		status = find_file(p, &r->kernel[i], &there);
		if (there)
			r->kernel[kept++] = r->kernel[i];
	}
	r->count = kept;
	for (unsigned i = 0; i < r->count && status == OK; i++) {
		struct kernel *k = &r->kernel[i];

		status = kernel_find_initrd_beside(p, path_directory(k->path), k);
		if (status == OK)
			status = kernel_find_initrd(p, S("/boot"), k);
	}
	return status == OK ? add_entries(r) : status;
}
