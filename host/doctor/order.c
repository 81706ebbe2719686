/* The boot order: does the firmware come to the loader, and which disk goes first? And whether
 * QEMU has an old view of the loader's directory. */
#include "host/doctor/doctor.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *doctor_name(struct doctor *d, const struct domain_disk *disk)
{
	struct str name;

	return str_fmt(&d->arena, &name, "disk %s", disk->target) ? name.p : "disk";
}

/* True when another disk is before the loader's. */
static bool is_behind(const struct doctor *d, const struct domain_disk *own)
{
	for (unsigned i = 0; i < d->domain.disks_count; i++) {
		const struct domain_disk *disk = &d->domain.disks[i];

		if (disk != own && disk->order > 0 && disk->order < own->order)
			return true;
	}
	return false;
}

/* True when the domain has no <boot order=>, and libvirt gives the loader's disk the first place:
 * it then has a place for the first disk alone. */
static bool is_first_by_itself(const struct domain *domain, const struct domain_disk *own)
{
	const struct domain_disk *first = domain->disks;

	if (strcmp(own->device, "cdrom") == 0)
		return domain->boot_dev != NULL && strcmp(domain->boot_dev, "cdrom") == 0;
	while (first != own && !domain_is_hard_disk(first))
		first++;
	return !domain->any_order && (domain->boot_dev == NULL || domain->boots_hd) && first == own;
}

void doctor_order(struct doctor *d)
{
	const struct domain *domain = &d->domain;
	const struct domain_disk *directory = doctor_directory(d);
	const struct domain_disk *own = directory != NULL ? directory : d->medium;
	static const char *const cure = "write <boot order='1'/> into the loader's disk";

	if (domain->any_order && domain->boot_dev != NULL)
		findings_add(&d->findings, FIND_TWO_ORDERS, "os", "take <boot dev=> out",
			     "libvirt refuses <boot dev='%s'/> beside a device's <boot order=>",
			     domain->boot_dev);
	if (own == NULL || domain->kernel != NULL)
		return;
	if (own->order == 0 && !is_first_by_itself(domain, own))
		findings_add(&d->findings, FIND_NOT_IN_ORDER, doctor_name(d, own), cure,
			     "the loader's disk is not in the boot order, which has another "
			     "device: the firmware does not start it");
	else if (own->order > 0 && is_behind(d, own))
		findings_add(&d->findings, FIND_NOT_FIRST, doctor_name(d, own), cure,
			     "the boot order has another disk before the loader's, and the "
			     "firmware looks for a loader there first");
}

/* When the guest's QEMU was started, in seconds since 1970; 0 when it does not run. */
static int64_t qemu_started(struct doctor *d)
{
	struct str path, text, line;
	uint64_t pid, ticks = 0, booted = 0;

	if (d->domain.name[0] == '\0' || strchr(d->domain.name, '/') != NULL ||
	    !str_fmt(&d->arena, &path, "/run/libvirt/qemu/%s.pid", d->domain.name) ||
	    !tree_read(&d->tree, path.p, 32, &d->arena, &text) || !str_cut_u64(&text, &pid) ||
	    !str_fmt(&d->arena, &path, "/proc/%lu/stat", (unsigned long)pid) ||
	    !tree_read(&d->tree, path.p, 4096, &d->arena, &text))
		return 0;
	while (str_find(text, ')') < text.n) /* proc(5): the name may hold anything */
		(void)str_cut(&text, ')');
	text = str_trim(text);
	for (unsigned i = 3; i < 22; i++)
		(void)str_cut(&text, ' ');
	if (!str_u64(str_cut(&text, ' '), &ticks) ||
	    !tree_read(&d->tree, "/proc/stat", 1u << 20, &d->arena, &text))
		return 0;
	while (text.n > 0) {
		line = str_cut(&text, '\n');
		if (str_cut_prefix(&line, S("btime ")))
			(void)str_u64(line, &booted);
	}
	return booted == 0 ? 0 : (int64_t)(booted + ticks / (uint64_t)sysconf(_SC_CLK_TCK));
}

void doctor_changed(struct doctor *d, const char *file, int64_t changed)
{
	int64_t started = qemu_started(d);

	if (started > 0 && changed > started + 1)
		findings_add(&d->findings, FIND_FILES_CHANGED, file,
			     "if its size changed, shut the guest down and start it; a reboot is "
			     "not enough",
			     "it changed after the guest was started, and QEMU shows the size that "
			     "it had then");
}
