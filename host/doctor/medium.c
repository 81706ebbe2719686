/* The loader on an image or a CD, which partless-mkimage makes. */
#include <errno.h>
#include <string.h>

#include "host/doctor/doctor.h"
#include "host/medium.h"

/* True when the disk is a raw file or device that holds a loader's medium. */
static bool is_medium(const struct doctor *d, const struct domain_disk *disk)
{
	struct host_file at;

	return disk->source != NULL && strcmp(disk->type, "dir") != 0 &&
	       (disk->format == NULL || strcmp(disk->format, "raw") == 0) &&
	       tree_walk(&d->tree, disk->source, NULL, NULL, &at) == 0 && medium_is(at.file);
}

static bool is_cd(const struct domain_disk *disk)
{
	return strcmp(disk->device, "cdrom") == 0;
}

/* DISK has the loader's image, and is not read-only. */
static void not_shared(struct doctor *d, const struct domain_disk *disk)
{
	if (disk->transient)
		findings_add(&d->findings, FIND_MEDIUM_TRANSIENT, doctor_name(d, disk),
			     "put it on virtio with <readonly/>, or give each guest its own image",
			     "libvirt lets only one guest at a time have a <transient/> image");
	else
		findings_add(&d->findings, FIND_MEDIUM_WRITABLE, doctor_name(d, disk),
			     "add <readonly/>, and then all guests can share it",
			     "the guest can write to the loader's image, and no other guest can "
			     "start with it meanwhile");
}

void doctor_medium(struct doctor *d)
{
	for (unsigned i = 0; i < d->domain.disks_count; i++) {
		struct domain_disk *disk = &d->domain.disks[i];
		struct host_file at;

		if (is_cd(disk) && disk->source != NULL &&
		    tree_walk(&d->tree, disk->source, NULL, NULL, &at) == ENOENT)
			findings_add(&d->findings, FIND_DISK_MISSING, doctor_name(d, disk),
				     "correct <source>", "%s is not there", disk->source);
		disk->medium = is_medium(d, disk);
		if (!disk->medium)
			continue;
		if (d->medium == NULL)
			d->medium = disk;
		if (!is_cd(disk) && !disk->readonly)
			not_shared(d, disk);
	}
}
