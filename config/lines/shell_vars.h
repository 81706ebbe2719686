/* Files of NAME=VALUE lines that a shell would source: os-release, /etc/default/grub. */
#ifndef CONFIG_LINES_SHELL_VARS_H
#define CONFIG_LINES_SHELL_VARS_H

#include "config/lines/text.h"

/* The most variables in a set. */
#define SHELL_VARS_MAX 128

struct shell_var {
	struct str name, value;
};

/* All zero is an empty set. */
struct shell_vars {
	struct shell_var var[SHELL_VARS_MAX];
	unsigned count;
};

/* Adds the assignments in TEXT to the set; a later one replaces an earlier one. Quotes and
 * backslashes mean what they mean to the shell; $NAME is the value that the set has by then. A line
 * is skipped when it is no assignment, when its value needs a shell, or when the set is full. Names
 * are borrowed from TEXT; values live in the arena. SCRATCH is overwritten. False when memory is
 * used up. */
bool shell_vars_read(struct shell_vars *, struct str text, struct arena *, struct text *scratch);

/* The value of NAME; "" when there is none. */
struct str shell_vars_get(const struct shell_vars *, struct str name);

#endif
