/* What stands against a boot that would be tried all the same: Linux would tell it with a panic. */
#include "host/remarks.h"

#include <stdlib.h>

#include "config/initrd.h"
#include "config/rootfs.h"
#include "fs/volume.h"
#include "host/menu.h"

static bool is_same(const struct entry *a, unsigned i, const struct entry *b, unsigned j)
{
	return a->volume == b->volume && str_eq(a->initrd[i], b->initrd[j]);
}

/* An entry before number N, or E itself, has the same initrd. */
static bool was_told(const struct loader *l, unsigned n, unsigned i)
{
	const struct entry *e = l->entries[n];

	for (unsigned k = 0; k <= n; k++) {
		const struct entry *other = l->entries[k];

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
		const struct entry *e = l->entries[n];

		for (unsigned i = 0; i < e->initrds && e->problem.n == 0; i++) {
			const char *fault =
				was_told(l, n, i) ? NULL : initrd_fault(e->volume, e->initrd[i]);

			if (fault != NULL)
				note(&m->report,
				     "initrd %.*s on %.*s: %s; let the guest make it anew",
				     STR_ARG(e->initrd[i]), STR_ARG(e->volume->name), fault);
		}
	}
}

void remark_modules(struct host_menu *m, unsigned i)
{
	static const char *const folders[] = {"/lib/modules", "/usr/lib/modules"};
	struct loader *l = &m->loader;
	const struct entry *e = l->entries[i];
	struct volume *root = rootfs_find(e->volume, &l->places, NULL);

	if (e->kind != ENTRY_LINUX || e->initrds > 0 || e->version.n == 0 || root == NULL)
		return;
	for (size_t k = 0; k < sizeof(folders) / sizeof(*folders); k++) {
		size_t mark = report_mark(&m->report);
		struct file_info info = {0};
		struct str path;

		if (!str_fmt(&l->arena, &path, "%s/%.*s", folders[k], STR_ARG(e->version)))
			return;
		if (vol_info(root, path, &info) == OK && info.type == FILE_DIRECTORY) {
			note(&m->report,
			     "kernel %.*s on %.*s: no initrd for %.*s, and its modules are in "
			     "%.*s: "
			     "it may not find its root; let the guest make one",
			     STR_ARG(e->kernel), STR_ARG(e->volume->name), STR_ARG(e->version),
			     STR_ARG(path));
			return;
		}
		report_rewind(&m->report, mark);
	}
}
