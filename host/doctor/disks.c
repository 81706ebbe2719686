/* The guest's disks: are they there, does QEMU reach them, and does the firmware? */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "config/image/processors.h"
#include "host/arch.h"
#include "host/doctor/doctor.h"
#include "host/image.h"

/* OVMF's limits on virtio-scsi (docs/hosts/libvirt.md). */
#define SCSI_TARGET_MAX 31
#define SCSI_UNIT_MAX   7

static bool is(const char *text, const char *word)
{
	return text != NULL && strcmp(text, word) == 0;
}

/* Where the disk is, for the firmware and for Linux. False when the firmware does not reach it. */
static bool examine_place(struct doctor *d, const struct domain_disk *disk, struct menu_disk *to)
{
	static const struct {
		const char *name;
		enum link link;
		enum bus bus;
	} buses[] = {{"virtio", LINK_OTHER, BUS_VIRTIO}, {"scsi", LINK_SCSI, BUS_SCSI},
		     {"sata", LINK_SATA, BUS_SCSI},      {"ide", LINK_IDE, BUS_SCSI},
		     {"usb", LINK_USB, BUS_SCSI},        {"nvme", LINK_NVME, BUS_NVME}};
	bool arm = guest_arch() == &arch_aarch64, scsi = is(disk->bus, "scsi");

	for (size_t i = 0; i < sizeof(buses) / sizeof(*buses); i++) {
		if (is(disk->bus, buses[i].name)) {
			to->link = buses[i].link;
			to->bus = buses[i].bus;
		}
	}
	to->virtio = is(disk->bus, "virtio") || (scsi && d->domain.virtio_scsi);
	to->boot_place = is(disk->bus, "usb") ? 0 : disk->order;
	to->serial =
		disk->serial != NULL && !is(disk->bus, "virtio") ? str_of(disk->serial) : S("");
	if (arm && (is(disk->bus, "sata") || is(disk->bus, "ide")))
		findings_add(&d->findings, FIND_DISK_BUS, doctor_name(d, disk),
			     "write bus='virtio'", "firmware for Arm has no driver for %s",
			     disk->bus);
	else if (scsi && to->virtio &&
		 (disk->scsi_unit > SCSI_UNIT_MAX || disk->scsi_target > SCSI_TARGET_MAX))
		findings_add(&d->findings, FIND_DISK_UNIT, doctor_name(d, disk),
			     "give it another <address>, or bus='virtio'",
			     "it is target %u, unit %u; firmware reaches targets 0 to %d and units "
			     "0 to %d",
			     disk->scsi_target, disk->scsi_unit, SCSI_TARGET_MAX, SCSI_UNIT_MAX);
	else
		return true;
	return false;
}

/* libvirt gives QEMU's user the file, but not the folders on the way. */
static void examine_rights(struct doctor *d, const char *source)
{
	struct host_file at;
	int error = d->knows_user ? reader_walk(&d->user, source, &at) : 0;

	if (!d->knows_user)
		return;
	if (error == EACCES && S_ISDIR(at.st.st_mode) && !reader_may(&d->user, &at, X_OK))
		findings_add(&d->findings, FIND_DISK_UNREADABLE, at.real,
			     "chmod a+x it, or move the disk to /var/lib/libvirt/images",
			     "QEMU's user, %s, cannot enter it, on the way to %s", d->user.name,
			     source);
	else if (error == 0 && d->keeps_owners && !reader_may(&d->user, &at, R_OK))
		findings_add(&d->findings, FIND_DISK_UNREADABLE, source, "chown it to QEMU's user",
			     "QEMU's user, %s, cannot read it, and libvirt changes no owners here "
			     "(dynamic_ownership)",
			     d->user.name);
}

/* True when the file is there. */
static bool examine_file(struct doctor *d, const struct domain_disk *disk, struct host_file *at)
{
	int error = tree_walk(&d->tree, disk->source, NULL, NULL, at);

	if (error == EACCES) {
		findings_add(&d->findings, FIND_UNREAD, doctor_name(d, disk), "run this as root",
			     "%s cannot be read: permission denied", disk->source);
	} else if (error != 0) {
		findings_add(&d->findings, FIND_DISK_MISSING, doctor_name(d, disk),
			     "attach the guest's disk, or correct <source>", "%s is not there",
			     disk->source);
	} else {
		examine_rights(d, disk->source);
		if (d->apparmor && apparmor_refuses(at->real))
			findings_add(&d->findings, FIND_APPARMOR_REFUSES, doctor_name(d, disk),
				     "move the file, to /var/lib/libvirt/images for example",
				     "with AppArmor, libvirt starts no guest that names %s",
				     at->real);
	}
	return error == 0;
}

/* True when partless cannot look into it, which was told. */
static bool is_closed(struct doctor *d, const struct domain_disk *disk)
{
	const char *where = doctor_name(d, disk);

	if (disk->source == NULL || (!is(disk->type, "file") && !is(disk->type, "block")))
		findings_add(&d->findings, FIND_UNREAD, where,
			     "check a copy of it (partless check)",
			     "a disk of type '%s' is not looked into", disk->type);
	else if (disk->encrypted)
		findings_add(&d->findings, FIND_UNREAD, where, "",
			     "it is encrypted on the host, and not looked into");
	else if (disk->format != NULL && !image_format_known(disk->format))
		findings_add(&d->findings, FIND_UNREAD, where, "",
			     "the format '%s' is not looked into", disk->format);
	else
		return false;
	return true;
}

/* Adds the disk to those that are checked; *TOLD when it was said why not. */
static void add_disk(struct doctor *d, const struct domain_disk *disk, bool *told)
{
	struct menu_disk *to = &d->args.disks[d->args.count];
	struct host_file at;
	struct str image;

	if (!examine_place(d, disk, to) || is_closed(d, disk) || !examine_file(d, disk, &at)) {
		*told = true;
		return;
	}
	if (disk->medium)
		return;
	/* Its own name is the better one, unless another root gives it another meaning. */
	if (!str_dup(&d->arena, str_of(d->tree.root[0] == '\0' ? disk->source : at.file), &image))
		return;
	to->image = image.p;
	to->format = disk->format;
	d->args.count++;
}

/* Does libvirt take the disk on this bus? And does the firmware read the loader's directory there,
 * which has to be read-only? */
static void examine_bus(struct doctor *d, const struct domain_disk *disk)
{
	static const char cure[] = "write <target dev='vdz' bus='virtio'/>";
	bool directory = disk == doctor_directory(d);

	if ((directory || (disk->readonly && domain_is_hard_disk(disk))) &&
	    (is(disk->bus, "sata") || is(disk->bus, "ide")))
		findings_add(&d->findings, FIND_WRONG_BUS, doctor_name(d, disk), cure,
			     "libvirt refuses a read-only disk on %s", disk->bus);
	else if (directory && !is(disk->bus, "usb") && !is(disk->bus, "virtio") &&
		 !is(disk->bus, "scsi"))
		findings_add(&d->findings, FIND_WRONG_BUS, doctor_name(d, disk), cure,
			     "the firmware reads no directory on %s", disk->bus);
}

void doctor_disks(struct doctor *d)
{
	unsigned ordered = 0;
	bool told = false;

	d->args.disks = arena_array(&d->arena, DOMAIN_DISKS_MAX, sizeof(*d->args.disks));
	if (d->args.disks == NULL)
		return;
	for (unsigned i = 0; i < d->domain.disks_count; i++) {
		const struct domain_disk *disk = &d->domain.disks[i];

		examine_bus(d, disk);
		if (!domain_is_hard_disk(disk) || is(disk->type, "dir"))
			continue;
		ordered += disk->order > 0;
		add_disk(d, disk, &told);
	}
	if (d->args.count == 0 && !told)
		findings_add(&d->findings, FIND_NO_DISK, "devices",
			     "attach the disk that holds the guest's root and its /boot",
			     "the firmware reaches no disk of the guest");
	if (d->args.count > 1 && ordered == 0)
		findings_add(&d->findings, FIND_DISK_ORDER, "devices",
			     "give the root disk <boot order='2'/>",
			     "there are %u disks, and no boot order says which goes first",
			     d->args.count);
	if (doctor_directory(d) == NULL && d->domain.kernel == NULL && d->medium == NULL &&
	    !d->domain.boots_net)
		findings_add(&d->findings, FIND_NO_LOADER, "devices",
			     "add the directory's disk or <kernel>, as the examples have it",
			     "nothing brings the loader into the machine");
}
