/* Which disk is meant. */
#include "loader/disks/find.h"

#include "config/lines/text.h"
#include "fs/volume.h"
#include "loader/disks/linux_name.h"

const struct disk *find_disk(const struct loader *l, const struct volume *v)
{
	for (unsigned i = 0; i < l->count; i++) {
		if (l->disks[i].volume == v)
			return &l->disks[i];
	}
	return NULL;
}

const struct disk *find_disk_by_linux_name(const struct loader *l, struct str name)
{
	for (unsigned i = 0; i < l->count; i++) {
		char buf[LINUX_NAME_BYTES];

		if (str_eq(linux_name(&l->disks[i], buf), name))
			return &l->disks[i];
	}
	return NULL;
}

bool disk_has_name(const struct disk *d, enum cmdline_by by, struct str name)
{
	if (d->volume == NULL || name.n == 0)
		return false;
	return by == BY_UUID ? text_same(str_of(d->volume->uuid), name)
			     : by == BY_LABEL && str_eq(d->volume->label, name);
}

/* The first from disk FROM on. */
static const struct disk *find_from(const struct loader *l, unsigned from, enum cmdline_by by,
				    struct str name)
{
	for (unsigned i = from; i < l->count; i++) {
		if (disk_has_name(&l->disks[i], by, name))
			return &l->disks[i];
	}
	return NULL;
}

const struct disk *find_disk_by_name(const struct loader *l, enum cmdline_by by, struct str name)
{
	return find_from(l, 0, by, name);
}

bool find_two_disks(const struct loader *l, enum cmdline_by by, struct str name,
		    const struct disk *two[2])
{
	two[0] = find_from(l, 0, by, name);
	two[1] = two[0] != NULL ? find_from(l, (unsigned)(two[0] - l->disks) + 1, by, name) : NULL;
	return two[1] != NULL;
}
