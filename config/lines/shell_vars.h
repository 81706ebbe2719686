/* Files of NAME=VALUE lines that a shell would source: os-release, /etc/default/grub. */
#ifndef CONFIG_LINES_SHELL_VARS_H
#define CONFIG_LINES_SHELL_VARS_H

#include "config/lines/text.h"

/* The most variables that are kept of one or several files. */
#define SHELL_VARS_MAX 128

struct shell_var {
	struct str name, value;
};

/* All zero is an empty set. */
struct shell_vars {
	struct shell_var var[SHELL_VARS_MAX];
	unsigned count;
};

/* Takes the assignments in TEXT over into the set, later ones before earlier ones. Quotes and
 * backslashes are the shell's; $NAME stands for what the set has by then. A line that is no
 * assignment, or whose value would need a shell, is passed over, and so is what finds no room.
 * False when memory is used up. SCRATCH is overwritten. */
bool shell_vars_read(struct shell_vars *, struct str text, struct arena *, struct text *scratch);

/* The value of NAME; "" when there is none. */
struct str shell_vars_get(const struct shell_vars *, struct str name);

#endif
