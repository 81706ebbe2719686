/* GRUB's environment block: the few variables that outlive a boot. Read, never written. */
#ifndef CONFIG_GRUB_ENVBLK_H
#define CONFIG_GRUB_ENVBLK_H

#include "base/status.h"
#include "base/str.h"

struct arena;
struct volume;

/* The largest file, in bytes, and the most variables of one. GRUB's own files have 1024 bytes. */
#define GRUBENV_FILE_MAX (64u << 10)
#define GRUBENV_VARS_MAX 512

struct grubenv_var {
	struct grubenv_var *next;
	struct str name, value;
};

/* Reads the block in the file PATH into a list in the arena; NULL is an empty one. E_NOT_FOUND,
 * unreported, when there is no such file; E_SYNTAX when it is not an environment block; other
 * failures as of vol_load(). */
enum status grubenv_read(struct volume *, struct str path, struct arena *, struct grubenv_var **);

/* The value of the variable NAME; false when the list does not have it. */
bool grubenv_get(const struct grubenv_var *, struct str name, struct str *value);

#endif
