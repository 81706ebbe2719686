/* GRUB's devices and paths: which volume is (hd0,gpt1), and what lies there. */
#ifndef CONFIG_GRUB_FILE_H
#define CONFIG_GRUB_FILE_H

#include "config/grub/run.h"
#include "fs/volume.h"

/* Bytes of a device's name. */
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

/* GRUB's name for a file on a volume of its places: "(hd0,gpt1)/path". On the heap. */
struct str grub_full_name(struct grub *, struct volume *, struct str path);

/* True for OK. Want of memory ends the script and damage of the disk is noted; any other failure is
 * an answer, and what the report says since MARK is taken out of it, unless that is why the script
 * ended. */
bool grub_is_ok(struct grub *, size_t mark, enum status);

/* What GRUB's number says of DEVICE, which grub_device() does not find: GRUB_NO_DEVICE, a partition
 * of a disk that is here; GRUB_NO_NET, anything else. */
int grub_missing(const struct grub *, struct str device);

/* Finds what NAME means: "(hd0,gpt1)/path", or "/path" on $root. GRUB_OK or why not. */
int grub_path(struct grub *, struct str name, struct grub_path *);

/* What lies at a path; with FOLLOW what a symlink there leads to. False, without a word in the
 * report, when there is nothing. */
bool grub_look(struct grub *, struct grub_path, bool follow, struct file_info *);

/* True when the heap has room for BYTES; else the script ended. */
bool grub_has_room(struct grub *, uint64_t bytes);

/* True when one more file, which takes BYTES of the heap, may be read; else the script ended. */
bool grub_may_read(struct grub *, uint64_t bytes);

/* Reads a file of at most MOST bytes onto the heap. GRUB_OK or why not. */
int grub_load(struct grub *, struct grub_path, size_t most, struct str *);

#endif
