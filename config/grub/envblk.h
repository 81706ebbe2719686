/* GRUB's environment block: the few variables that outlive a boot. The file is read and never
 * written; what a script saves to it are changes, which are kept elsewhere (config/kept.h). */
#ifndef CONFIG_GRUB_ENVBLK_H
#define CONFIG_GRUB_ENVBLK_H

#include <stdbool.h>

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

/* A block. Its strings and variables live in the arena that they were made in. */
struct grubenv {
	struct grubenv_var *vars; /* in the order of the file */
	int64_t room;             /* bytes of filling behind them */
	struct str text;          /* the bytes of the file */
};

/* Reads the block in the file PATH. E_NOT_FOUND, unreported, when there is no such file; E_SYNTAX
 * when it is not an environment block; other failures as of vol_load(). */
enum status grubenv_read(struct volume *, struct str path, struct arena *, struct grubenv *);

/* The value of the variable NAME; false when the list does not have it. */
bool grubenv_get(const struct grubenv_var *, struct str name, struct str *value);

/* True when a variable may have this NAME, so that its line is read back as it was written. */
bool grubenv_is_name(struct str name);

/* Copies the list of variables, but not their strings. Fails with E_NO_MEMORY. */
enum status grubenv_copy(struct grubenv *, const struct grubenv *from, struct arena *);

/* Sets a variable, or with VALUE NULL takes it out. NAME and VALUE are borrowed. As with GRUB,
 * E_LIMIT, and nothing changed, when the file has no room for it. Fails with E_NO_MEMORY. */
enum status grubenv_set(struct grubenv *, struct str name, const struct str *value, struct arena *);

/* Writes down what NOW has otherwise than WAS, as TEXT: "NAME=VALUE" lines as in the file, and the
 * name alone for a variable that was taken out. Before a choice stands "#NAME=VALUE", as it was.
 * False when memory is used up. */
bool grubenv_changes(const struct grubenv *was, const struct grubenv *now, struct arena *,
		     struct str *text);

/* Makes the changes that TEXT says. Unless the file is the SAME as then, only those of choices that
 * are in the block as they were. The text may come from anybody: what is no change is passed over,
 * and so is what has no room. Fails with E_NO_MEMORY. */
enum status grubenv_apply(struct grubenv *, struct str text, bool same, struct arena *);

#endif
