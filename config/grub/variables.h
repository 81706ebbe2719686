/* The variables of a GRUB script. */
#ifndef CONFIG_GRUB_VARIABLES_H
#define CONFIG_GRUB_VARIABLES_H

#include "base/arena.h"
#include "base/str.h"

struct grub_var;

/* The most bytes of memory that the variables of one environment take. */
#define GRUB_VARS_MAX (1u << 20)

/* Variables that hide those of a parent. Setting one leaves the parent's as it was. All zero is an
 * empty environment; close what you opened. */
struct grub_env {
	struct grub_env *parent;
	bool only_exported; /* shows only the exported variables of its parent */
	struct arena arena;
	struct grub_var *vars;
	unsigned count;
};

/* Makes E an empty environment over PARENT, which may be NULL and must outlive it. */
void grub_env_open(struct grub_env *e, struct grub_env *parent, bool only_exported);

/* Forgets the variables of E, but not its parent's. */
void grub_env_close(struct grub_env *e);

/* The value, "" when it is not set. It lives until the variable is set again. */
struct str grub_env_get(const struct grub_env *, struct str name);

/* True when the variable is set, even to "". */
bool grub_env_has(const struct grub_env *, struct str name);

/* Sets a variable; a `root` in parentheses loses them. VALUE is copied and may be the variable's
 * own. False when memory or GRUB_VARS_MAX is used up. */
bool grub_env_set(struct grub_env *, struct str name, struct str value);

/* Unsets a variable; the parent's of that name is hidden. False when memory is used up. */
bool grub_env_unset(struct grub_env *, struct str name);

/* Exports a variable: environments over this one see it even with only_exported. It becomes "" when
 * it was not set. False when memory is used up. */
bool grub_env_export(struct grub_env *, struct str name);

#endif
