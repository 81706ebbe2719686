/* The options of GRUB's commands. */
#ifndef CONFIG_GRUB_OPTIONS_H
#define CONFIG_GRUB_OPTIONS_H

#include "config/grub/run.h"

/* The most options that one command has, and the most values that are kept of one. */
#define GRUB_OPTIONS 13
#define GRUB_VALUES  16

struct grub_option {
	const char *name; /* without its dashes; NULL ends the table */
	char letter;      /* its short form; 0: none */
	enum { OPTION_FLAG, OPTION_VALUE, OPTION_MAYBE, OPTION_LIST } takes;
};

/* What the command line says of each option, by its place in the table. */
struct grub_options {
	bool set[GRUB_OPTIONS];
	struct str value[GRUB_OPTIONS]; /* the last one; p is NULL when none was given */
	struct str values[GRUB_VALUES]; /* those of every OPTION_LIST, in their order */
	unsigned count;
};

/* Takes the options out of ARGS, as grub-core/lib/arg.c does; the other words stay. With DASH an
 * unknown option stays too. False for an unknown option without DASH, for a missing value, and for
 * a value that the option does not take. */
bool grub_options(struct grub_args *, const struct grub_option *, bool dash, struct grub_options *);

#endif
