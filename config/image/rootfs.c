/* Which volume is a guest's root file system? */
#include "config/image/rootfs.h"

#include "fs/filesystems.h"
#include "fs/volume.h"

/* Files that only a root has: a file system for /boot alone has none of them. */
static const char *const marks[] = {"/etc/fstab", "/etc/os-release", "/usr/lib/os-release",
				    "/sbin/init", "/usr/lib/systemd/systemd"};

/* A symlink counts wherever it leads: /sbin/init may be on another volume, or made at boot. */
static bool is_root(struct volume *v)
{
	size_t mark = report_mark(v->report);
	bool found = false;

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks) && !found; i++) {
		struct file_info info;

		found = vol_info_link(v, str_of(marks[i]), &info) == OK;
	}
	report_rewind(v->report, mark);
	return found;
}

bool rootfs_unread(const struct places *places, struct rootfs_doubt *doubt)
{
	for (unsigned i = 0; i < places->unread_count; i++) {
		const struct unread *u = &places->unread[i];

		doubt->unread = u->block;
		doubt->holds = S("a file system that could not be opened");
		if (u->status != E_NOT_FOUND || fs_may_be_root(u->block, &doubt->holds))
			return true;
	}
	doubt->unread = NULL;
	return false;
}

struct volume *rootfs_find(struct volume *v, const struct places *places,
			   struct rootfs_doubt *doubt)
{
	struct volume *found = NULL;
	struct rootfs_doubt unused = {0};

	doubt = doubt != NULL ? doubt : &unused;
	*doubt = (struct rootfs_doubt){0};
	if (is_root(v))
		return v;
	for (unsigned i = 0; i < places->count; i++) {
		struct volume *other = places->p[i].volume;

		if (other == v || !is_root(other))
			continue;
		if (found != NULL) {
			doubt->one = found;
			doubt->other = other;
			return NULL;
		}
		found = other;
	}
	return found != NULL && rootfs_unread(places, doubt) ? NULL : found;
}
