/* GRUB's devices and paths: which volume is (hd0,gpt1), and what lies there. */
#ifndef CONFIG_GRUB_FILE_H
#define CONFIG_GRUB_FILE_H

#include "config/grub/run.h"
#include "fs/volume.h"

/* Room for a device's name, in bytes. */
#define GRUB_DEVICE_BYTES 32

/* A path, and the volume it is on. */
struct grub_path {
	struct volume *volume;
	struct str path; /* absolute, borrowed from the name */
};

/* The volume that GRUB calls NAME: hd0, hd0,gpt1, hd0,msdos1 or hd0,1. NULL when there is none. */
const struct place *grub_device(struct grub *, struct str name);

/* GRUB's name for a volume, written to BUF, GRUB_DEVICE_BYTES bytes. */
struct str grub_device_name(const struct place *, char *buf);

/* GRUB's name for a file on one of g->places: "(hd0,gpt1)/path". On the heap; "" when there is no
 * room: then the script ended. */
struct str grub_full_name(struct grub *, struct volume *, struct str path);

/* True for OK. E_NO_MEMORY ends the script. E_IO and E_CORRUPT stay in the report and mark the disk
 * as unreadable. Any other failure is an answer to the script: its lines since MARK leave the
 * report, unless they say why the script ended. */
bool grub_is_ok(struct grub *, size_t mark, enum status);

/* GRUB's error for a DEVICE that grub_device() does not find: GRUB_NO_DEVICE for a partition of a
 * disk that is here, GRUB_NO_NET for anything else. */
int grub_missing(const struct grub *, struct str device);

/* Finds what NAME means: "(hd0,gpt1)/path", or "/path" on $root. Nothing has to lie there. Returns
 * GRUB_OK or GRUB's error. */
int grub_path(struct grub *, struct str name, struct grub_path *);

/* Asks what lies at a path; with FOLLOW what a symlink there leads to. False, unreported, when
 * there is nothing. */
bool grub_look(struct grub *, struct grub_path, bool follow, struct file_info *);

/* True when the heap has room for BYTES; else the script ended. */
bool grub_has_room(struct grub *, uint64_t bytes);

/* True when one more file, which takes BYTES of the heap, may be read; else the script ended. */
bool grub_may_read(struct grub *, uint64_t bytes);

/* Reads a file of at most MOST bytes onto the heap. Returns GRUB_OK or GRUB's error. */
int grub_load(struct grub *, struct grub_path, size_t most, struct str *);

#endif
