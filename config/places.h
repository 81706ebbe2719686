/* What a boot file may refer to besides its own volume. */
#ifndef CONFIG_PLACES_H
#define CONFIG_PLACES_H

#include "base/status.h"

struct block;
struct volume;

/* A volume that a boot file may name: by UUID, by label, or by GRUB's name for its disk. */
struct place {
	struct volume *volume;
	unsigned disk;      /* its disk among all disks, from 0, in the firmware's order */
	unsigned partition; /* from 1; 0: the volume is the whole disk */
};

/* A device on which no file system of ours could be opened, and what fs_open() said. */
struct unread {
	struct block *block;
	enum status status;
};

/* All volumes of the machine, the host's own not among them, and what is no volume. */
struct places {
	const struct place *p;
	unsigned count;
	const struct unread *unread;
	unsigned unread_count;
};

#endif
