/* Which disk goes before which, and why. */
#ifndef LOADER_DISKS_ORDER_H
#define LOADER_DISKS_ORDER_H

#include "loader/loader.h"

/* Why one disk goes before another, the strongest reason first. */
enum order_by {
	ORDER_ALONE, /* no other can boot */
	ORDER_NAMED, /* the host's setting `disk` */
	ORDER_BOOT_ORDER,
	ORDER_WHOLE,  /* a whole disk before a partition */
	ORDER_VIRTIO, /* virtio before other buses */
	ORDER_FOUND,  /* the firmware found it first */
};

/* Sorts the disks. Those that no reason sets apart keep their order. */
void order_sort(struct disk *, unsigned count);

/* Why the disk that L->guest was read from boots, and no other; *NEXT is the next one that could
 * boot by itself. NULL with ORDER_ALONE, which is also the answer when L->guest is NULL. */
enum order_by order_reason(const struct loader *l, const struct disk **taken,
			   const struct disk **next);

/* Reports which of several disks that could boot is taken, why, and how to choose. */
void order_report(struct loader *);

#endif
