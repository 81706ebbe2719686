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

/* What was said of each option, by its place in the table. */
struct grub_options {
	bool set[GRUB_OPTIONS];
	struct str value[GRUB_OPTIONS]; /* the last one; p is NULL when none was said */
	struct str values[GRUB_VALUES]; /* those of every OPTION_LIST, as they came */
	unsigned count;
};

/* Takes the options off ARGS as grub-core/lib/arg.c does; with DASH a word that looks like an
 * option and is none stays a word. False for an option that the command does not have. */
bool grub_options(struct grub_args *, const struct grub_option *, bool dash, struct grub_options *);

#endif
