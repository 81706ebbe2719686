/* Remarks: initrds that are none, missing modules, stale menus, silent serial lines, images in use.
 */
#include "host/remarks.h"

#include "base/arena.h"
#include "config/image/initrd.h"
#include "config/image/pe.h"
#include "config/image/processors.h"
#include "config/image/rootfs.h"
#include "config/lines/path.h"
#include "config/lines/version.h"
#include "config/parse.h"
#include "fs/block.h"
#include "fs/volume.h"
#include "host/image.h"
#include "host/menu.h"
#include "loader/cmdline.h"
#include "loader/disks/root.h"

static bool is_same(const struct entry *a, unsigned i, const struct entry *b, unsigned j)
{
	return a->volume == b->volume && str_eq(a->initrd[i], b->initrd[j]);
}

/* True when an earlier initrd of the menu is the same file as initrd number I of entry number N. */
static bool was_remarked(const struct loader *l, unsigned n, unsigned i)
{
	const struct entry *e = l->entries[n].entry;

	for (unsigned k = 0; k <= n; k++) {
		const struct entry *other = l->entries[k].entry;

		for (unsigned j = 0; j < (k == n ? i : other->initrds); j++) {
			if (other->problem.n == 0 && is_same(e, i, other, j))
				return true;
		}
	}
	return false;
}

void remark_initrds(struct host_menu *m)
{
	const struct loader *l = &m->loader;

	for (unsigned n = 0; n < l->entries_count; n++) {
		const struct entry *e = l->entries[n].entry;

		for (unsigned i = 0; i < e->initrds && e->problem.n == 0; i++) {
			const char *fault = e->initrd_told || was_remarked(l, n, i)
						    ? NULL
						    : initrd_fault(e->volume, e->initrd[i]);

			if (fault != NULL)
				note(&m->report,
				     "initrd %.*s on %.*s %s; let the guest make it anew",
				     STR_ARG(e->initrd[i]), STR_ARG(e->volume->name), fault);
		}
	}
}

void remark_root(struct host_menu *m, unsigned i)
{
	const struct entry *e = m->loader.entries[i].entry;
	struct rootfs_doubt doubt;
	struct str root;

	if (root_may_be_unread(&m->loader, e, &root, &doubt))
		note(&m->report,
		     "'%.*s' on %.*s has root=%.*s, which no disk that could be read has: it may "
		     "be on %.*s, which holds %.*s",
		     STR_ARG(e->title), STR_ARG(e->volume->name), STR_ARG(root),
		     STR_ARG(doubt.unread->name), STR_ARG(doubt.holds));
}

/* The file name of the kernel at PATH or, when that is a symlink, of its target. */
static struct str kernel_name(struct host_menu *m, struct volume *v, struct str path)
{
	size_t mark = report_mark(&m->report);
	struct str target;

	if (vol_readlink(v, path, &m->loader.arena, &target) == OK)
		path = target;
	report_rewind(&m->report, mark);
	return path_name(path);
}

/* What follows the first '-' of a kernel's name, as "6.1.0-18-amd64"; "" when nothing does. */
static struct str version_of(struct str name)
{
	(void)str_cut(&name, '-');
	return name;
}

/* True when the entry's kernel is a unified kernel image, which brings its own initrd. */
static bool is_unified(struct host_menu *m, const struct entry *e)
{
	static uint8_t head[PE_HEAD];
	size_t mark = report_mark(&m->report);
	struct file_info info = {0};
	struct pe pe = {0};
	enum status status = vol_info(e->volume, e->kernel, &info);
	size_t n = info.size < PE_HEAD ? (size_t)info.size : PE_HEAD;

	if (status == OK)
		status = vol_read(e->volume, e->kernel, 0, head, n);
	if (status == OK)
		status = guest_arch()->check(
			&(struct pe_file){head, n, info.size, &m->report, e->volume, e->kernel},
			&pe);
	report_rewind(&m->report, mark);
	return status == OK && pe.unified && !pe.linux_kernel;
}

/* Linux itself finds a root by the name of a partition or a device, but not by that of a file
 * system. */
static bool wants_initrd(struct str root)
{
	struct str name;
	enum cmdline_by by = cmdline_names(root, &name);

	return by == BY_UUID || by == BY_LABEL || str_starts(root, S("/dev/disk/")) ||
	       str_starts(root, S("/dev/mapper/"));
}

/* Finds the directory of the modules of kernel VERSION on ROOT, for *PATH. */
static bool find_modules(struct host_menu *m, struct volume *root, struct str version,
			 struct str *path)
{
	static const char *const folders[] = {"/lib/modules", "/usr/lib/modules"};
	size_t mark = report_mark(&m->report);
	bool found = false;

	for (size_t k = 0; k < sizeof(folders) / sizeof(*folders) && !found; k++) {
		struct file_info info = {0};

		if (version.n == 0 ||
		    !str_fmt(&m->loader.arena, path, "%s/%.*s", folders[k], STR_ARG(version)))
			return false;
		found = vol_info(root, *path, &info) == OK && info.type == FILE_DIRECTORY;
		report_rewind(&m->report, mark);
	}
	return found;
}

/* Remarks that the modules of a kernel without an initrd are on its root. The kernel's version may
 * stand in its entry, in the name of its file or of a symlink's target, or it is the name of its
 * directory, as /lib/modules/6.1/vmlinuz has it. */
static void remark_modules(struct host_menu *m, const struct entry *e, struct volume *root)
{
	const struct str versions[] = {
		e->version,
		version_of(path_name(e->kernel)),
		version_of(kernel_name(m, e->volume, e->kernel)),
		path_name(path_directory(e->kernel)),
	};
	struct str path;

	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		if (!find_modules(m, root, versions[i], &path))
			continue;
		note(&m->report,
		     "kernel %.*s on %.*s: no initrd for %.*s, and its modules are in %.*s: it may "
		     "not find its root; let the guest make one",
		     STR_ARG(e->kernel), STR_ARG(e->volume->name), STR_ARG(versions[i]),
		     STR_ARG(path));
		return;
	}
}

void remark_no_initrd(struct host_menu *m, unsigned i)
{
	const struct loader *l = &m->loader;
	const struct entry *e = l->entries[i].entry;
	struct volume *root = rootfs_find(e->volume, &l->places, NULL);
	struct str value;

	if (e->kind != ENTRY_LINUX || e->initrds > 0 || is_unified(m, e))
		return;
	if (cmdline_value(e->options, S("root="), &value) && wants_initrd(value))
		note(&m->report,
		     "'%.*s' on %.*s has root=%.*s and no initrd, and Linux by itself finds no "
		     "root by such a name; let the guest make an initrd, or name the root by its "
		     "device, as root=/dev/vda, or by PARTUUID=",
		     STR_ARG(e->title), STR_ARG(e->volume->name), STR_ARG(value));
	else if (root != NULL)
		remark_modules(m, e, root);
}

/* The boot file that the entries of CONFIG come from; NULL when there is none. */
static const struct boot_file *file_of(const struct config *c)
{
	const struct boot_file *f = c->files;

	while (f != NULL && f->bootable == 0)
		f = f->next;
	return f;
}

/* A search for a kernel that the menu should have and does not. */
struct search {
	struct host_menu *m;
	struct volume *volume; /* with the kernels */
	struct arena arena;
};

static bool is_there(struct search *s, struct str path)
{
	size_t mark = report_mark(&s->m->report);
	struct file_info info = {0};
	enum status status = vol_info(s->volume, path, &info);

	report_rewind(&s->m->report, mark);
	return status == OK && info.type == FILE_REGULAR && info.size > 0;
}

/* What is wrong with the initrd of E, a kernel that no menu names; "" when nothing is. MENU is the
 * entry that boots: if that has no initrd, E needs none. */
static struct str unfinished(struct search *s, const struct entry *e, const struct entry *menu)
{
	const char *fault;
	struct str says;

	if (e->initrds == 0)
		return menu->initrds > 0 ? S("has no initrd") : S("");
	fault = initrd_fault(s->volume, e->initrd[0]);
	return fault != NULL && str_fmt(&s->arena, &says, "its initrd %.*s %s",
					STR_ARG(e->initrd[0]), fault)
		       ? says
		       : S("");
}

/* The newest kernel with a version in /boot or, if that has none, in /; NULL when there is none.
 * The kernels come in the order in which a guest without a menu has them, which puts those without
 * a good initrd last. If one of these is newer than the others, *FAULT says what it lacks. */
static const struct entry *newest_kernel(struct search *s, const struct entry *menu,
					 struct str *fault)
{
	static const char *const folders[] = {"/boot", "/"};
	size_t mark = report_mark(&s->m->report);
	const struct entry *newest = NULL;

	for (unsigned i = 0; i < 2 && newest == NULL; i++) {
		struct config config = {0};
		struct parse p = {.volume = s->volume,
				  .places = &s->m->loader.places,
				  .arena = &s->arena,
				  .report = &s->m->report,
				  .config = &config,
				  .path = str_of(folders[i])};
		enum status status = kernels_read(&p);

		report_rewind(&s->m->report, mark);
		for (const struct entry *e = config.first; status == OK && e != NULL; e = e->next) {
			struct str version = version_of(path_name(e->kernel)), lacks;

			if (version.n == 0 || !is_there(s, e->kernel))
				continue;
			lacks = unfinished(s, e, menu);
			if (newest != NULL &&
			    (lacks.n == 0 || str_ends(version, S(".old")) ||
			     version_compare(version, version_of(path_name(newest->kernel))) <= 0))
				continue;
			newest = e;
			*fault = lacks;
			if (lacks.n > 0)
				return e;
		}
	}
	return newest;
}

/* True when NEWEST is newer than every kernel of the menu, and each of them has a version. */
static bool is_missed(struct search *s, const struct config *menu, const struct entry *newest)
{
	struct str version = version_of(path_name(newest->kernel));
	bool any = false;

	for (const struct entry *e = menu->first; e != NULL; e = e->next) {
		struct str named;

		if (e->kind != ENTRY_LINUX || e->volume != s->volume)
			continue;
		named = version_of(kernel_name(s->m, s->volume, e->kernel));
		if (e->problem.n > 0 && !str_eq(named, version))
			continue;
		if (named.n == 0 || version_compare(version, named) <= 0)
			return false;
		any = true;
	}
	return any;
}

void remark_stale_menu(struct host_menu *m)
{
	const struct loader *l = &m->loader;
	const struct item *item = &l->entries[l->default_entry];
	const struct disk *d = l->bootable ? item->disk : NULL;
	const struct boot_file *f = d != NULL ? file_of(&d->config) : NULL;
	const struct entry *newest;
	struct search s = {.m = m};
	struct str fault = S("");

	if (f == NULL || str_eq(str_of(f->place.language), S("kernels")))
		return;
	s.volume = item->entry->volume;
	newest = newest_kernel(&s, item->entry, &fault);
	if (newest != NULL && !is_missed(&s, &d->config, newest))
		newest = NULL;
	if (newest != NULL && fault.n > 0)
		note(&m->report,
		     "%.*s on %.*s: newer than every kernel that %.*s names, and %.*s: the upgrade "
		     "was cut off; let the guest finish it",
		     STR_ARG(newest->kernel), STR_ARG(s.volume->name), STR_ARG(f->from),
		     STR_ARG(fault));
	else if (newest != NULL)
		note(&m->report, "%.*s on %.*s: newer than every kernel that %.*s names; %s",
		     STR_ARG(newest->kernel), STR_ARG(s.volume->name), STR_ARG(f->from),
		     str_eq(str_of(f->place.language), S("grub"))
			     ? "was update-grub (grub2-mkconfig) run?"
			     : "was the menu brought up to date?");
	arena_free(&s.arena);
}

/* True for an option that names a console other than the screen: the serial line of this
 * processor's machines, hvc0 and the like; not tty0, and not the serial line of another's. */
static bool is_serial(struct str word)
{
	bool arm = guest_arch() == &arch_aarch64;

	if (str_cut_prefix(&word, S("console=")))
		return !(str_starts(word, S("tty")) && word.n > 3 && word.p[3] >= '0' &&
			 word.p[3] <= '9') &&
		       !str_starts(word, arm ? S("ttyS") : S("ttyAMA"));
	return str_starts(word, S("earlycon")) || str_starts(word, S("earlyprintk="));
}

void remark_silent_serial(struct host_menu *m, const struct entry *e)
{
	bool arm = guest_arch() == &arch_aarch64, named = false;
	struct str rest = {e->options.p, cmdline_end(e->options)};

	if (e->kind != ENTRY_LINUX)
		return;
	while (rest.n > 0) {
		struct str word = cmdline_unquote(cmdline_cut(&rest));

		if (is_serial(word))
			return;
		named |= str_starts(word, S("console="));
	}
	if (arm && !named) /* the kernel takes the console that the firmware names: ACPI's SPCR */
		return;
	note(&m->report,
	     "'%.*s' on %.*s: its options name no serial console: the serial line is silent once "
	     "%s; add console=%s if you watch it",
	     STR_ARG(e->title), STR_ARG(e->volume->name),
	     arm ? "init has started" : "the kernel has started", arm ? "ttyAMA0" : "ttyS0");
}

void remark_in_use(struct host_menu *m)
{
	for (unsigned i = 0; i < m->images_count; i++)
		image_report_in_use(m->images[i]);
}
