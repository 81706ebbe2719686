/* The flash of a machine, as a file of the host: the firmware volume in it that holds variables. */
#ifndef HOST_FLASH_H
#define HOST_FLASH_H

#include <stdbool.h>

#include "base/arena.h"
#include "fs/block.h"

/* The end of an error's sentence: what to do when the file is something else, and when it is
 * damaged. */
#define WHICH_FILE                                                                        \
	"; name the flash in which a guest's firmware keeps its variables, as libvirt's " \
	"/var/lib/libvirt/qemu/nvram/GUEST_VARS.fd"

#define DAMAGED                                                                                \
	"; unless it was being written just now, give the guest a new copy of its firmware's " \
	"VARS.fd"

/* What lies in the volume behind its header. */
struct flash {
	const uint8_t *p; /* NULL: no firmware has written to the flash yet */
	uint64_t size;    /* bytes */
	uint64_t at_byte; /* where P lies in the file */
};

/* Reads the firmware volume that the file begins with, into the arena, and checks its header.
 * E_UNSUPPORTED when the file is no flash with variables, E_CORRUPT when the header contradicts
 * itself or the file, E_NO_MEMORY, or as reading fails; all are reported. */
enum status flash_read(struct block *, struct arena *, struct flash *);

/* True when all N bytes at P are BYTE. */
bool flash_is_all(const uint8_t *p, size_t n, uint8_t byte);

#endif
