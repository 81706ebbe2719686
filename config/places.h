/* What a boot file may refer to besides its own volume. */
#ifndef CONFIG_PLACES_H
#define CONFIG_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct block;
struct volume;

/* A volume that a boot file may name: by UUID, by label, or by GRUB's name for its disk. */
struct place {
	struct volume *volume;
	unsigned disk;      /* its disk among all disks, from 0, in the firmware's order */
	unsigned partition; /* from 1; 0: the volume is the whole disk */
};

/* A device on which fs_open() opened no file system, and what it returned. */
struct unread {
	struct block *block;
	enum status status;
};

/* Reads what was kept at an earlier boot under NAME into TO, which has room for ROOM bytes; *BYTES
 * is its length. Anybody in the guest may have written it. Any failure means that there is nothing.
 */
typedef enum status recall_fn(const char *name, void *to, size_t room, size_t *bytes);

/* All volumes of the machine, without the host's own, and the devices that are no volumes. */
struct places {
	const struct place *p;
	unsigned count;
	const struct unread *unread;
	unsigned unread_count;
	recall_fn *recall; /* NULL: the machine remembers nothing */
	bool measured;     /* boot files are measured: config->texts holds what was parsed */
};

#endif
