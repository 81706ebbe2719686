/* The names and numbers of the disks, for people and for Linux. */
#include "loader/disks/names.h"

#include "base/fmt.h"
#include "fs/block.h"

/* A disk of virtio-scsi is a virtio disk to people and a SCSI disk to Linux. */
static const char *bus_words(const struct disk *d)
{
	static const char *const words[] = {
		[LINK_OTHER] = "other", [LINK_SCSI] = "SCSI", [LINK_IDE] = "IDE",
		[LINK_SATA] = "SATA",   [LINK_USB] = "USB",   [LINK_NVME] = "NVMe",
	};

	return d->virtio && (d->link == LINK_OTHER || d->link == LINK_SCSI) ? "virtio"
									    : words[d->link];
}

/* The place of a USB disk in Linux' order cannot be known. */
static enum bus bus_of(const struct disk *d)
{
	static const enum bus buses[] = {
		[LINK_OTHER] = BUS_OTHER, [LINK_SCSI] = BUS_SCSI, [LINK_IDE] = BUS_SCSI,
		[LINK_SATA] = BUS_SCSI,   [LINK_USB] = BUS_OTHER, [LINK_NVME] = BUS_NVME,
	};

	return d->virtio && d->link == LINK_OTHER ? BUS_VIRTIO : buses[d->link];
}

/* Names whole disk I and sets its bus. */
static bool name_disk(struct loader *l, unsigned i)
{
	struct disk *d = &l->disks[i];
	const char *words = bus_words(d);
	unsigned number = 1;

	for (unsigned j = 0; j < i; j++)
		number += l->disks[j].partition == 0 &&
			  str_eq(str_of(bus_words(&l->disks[j])), str_of(words));
	d->bus = bus_of(d);
	return str_fmt(&l->arena, &d->block->name, "%s disk %u", words, number);
}

/* Linux numbers the disks that it names alike (vda, vdb) in the order in which it finds their
 * controllers. The firmware's order may differ, for it connects first what its boot order names. */
static void number_for_linux(struct loader *l, unsigned i, const struct disk *own)
{
	struct disk *d = &l->disks[i];
	unsigned alike = 1;

	for (unsigned j = 0; j < l->count; j++) {
		const struct disk *other = &l->disks[j];

		if (j == i || other->partition != 0 || other->bus != d->bus)
			continue;
		alike++;
		d->linux_index += other->controller < d->controller ||
				  (other->controller == d->controller && j < i);
	}
	if (own != NULL && bus_of(own) == d->bus) {
		alike++;
		d->linux_index += own->controller < d->controller;
	}
	/* Linux starts NVMe controllers in parallel, and SCSI disks in an order that we cannot
	 * know. */
	d->linux_sure =
		d->bus == BUS_VIRTIO ? d->controller != 0 : d->bus == BUS_NVME && alike == 1;
}

/* Names a partition after its disk, which must be named already. */
static bool name_partition(struct loader *l, struct disk *d)
{
	const struct disk *whole = NULL;

	for (unsigned i = 0; i < l->count; i++) {
		if (l->disks[i].partition == 0 && l->disks[i].number == d->number)
			whole = &l->disks[i];
	}
	d->number = 0;
	if (whole != NULL) {
		d->number = whole->number;
		d->bus = whole->bus;
		d->linux_index = whole->linux_index;
		d->linux_sure = whole->linux_sure;
		d->serial = whole->serial;
	}
	return str_fmt(&l->arena, &d->block->name, "%.*s, partition %u",
		       STR_ARG(whole != NULL ? whole->block->name : S("disk")), d->partition);
}

enum status names_give(struct loader *l, const struct disk *own)
{
	bool named = true;

	for (unsigned i = 0; i < l->count && named; i++) {
		if (l->disks[i].partition == 0)
			named = name_disk(l, i);
	}
	for (unsigned i = 0; i < l->count; i++) {
		if (l->disks[i].partition == 0)
			number_for_linux(l, i, own);
	}
	for (unsigned i = 0; i < l->count && named; i++) {
		if (l->disks[i].partition != 0)
			named = name_partition(l, &l->disks[i]);
	}
	return named ? OK : fail(l->report, E_NO_MEMORY, "no memory for the disks' names");
}
