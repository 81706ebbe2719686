/* The functions that run GRUB's commands. */
#ifndef CONFIG_GRUB_COMMANDS_H
#define CONFIG_GRUB_COMMANDS_H

#include "config/grub/run.h"

/* Runs a command. It may change the words in ARGS. Returns what $? becomes: result.h. */
typedef int grub_fn(struct grub *, struct grub_args *);

/* args->variant, where one function is several commands. */
enum {
	GRUB_PLAIN,
	GRUB_EXPORT,
	GRUB_UNSET,
	GRUB_BREAK,
	GRUB_CONTINUE,
	GRUB_BOOT,
	GRUB_LEAVE,
	GRUB_INCREMENT,
	GRUB_DECREMENT,
	GRUB_LINUX,
	GRUB_CHAINLOADER,
	GRUB_MENUENTRY,
	GRUB_SUBMENU,
	GRUB_CONFIGFILE,
	GRUB_NORMAL,
	GRUB_BLSCFG,
	GRUB_UKI,
	GRUB_BY_FILE,
	GRUB_BY_LABEL,
	GRUB_BY_UUID,
};

/* simple.c: commands of a few lines. */
grub_fn grub_cmd_set, grub_cmd_export, grub_cmd_true, grub_cmd_false, grub_cmd_break,
	grub_cmd_return, grub_cmd_shift, grub_cmd_setparams, grub_cmd_eval, grub_cmd_leave,
	grub_cmd_other, grub_cmd_count, grub_cmd_hwmatch, grub_cmd_time;

/* linux.c: what is booted. */
grub_fn grub_cmd_load, grub_cmd_initrd;

/* search.c: finds file systems. */
grub_fn grub_cmd_search, grub_cmd_search_words;

/* load_env.c: variables that outlive a boot. */
grub_fn grub_cmd_load_env, grub_cmd_save_env;

/* menu.c: entries. */
grub_fn grub_cmd_menuentry;

/* include.c: more of the script, and files that show a menu of their own. */
grub_fn grub_cmd_source, grub_cmd_configfile;

/* bls.c, regexp.c. */
grub_fn grub_cmd_blscfg, grub_cmd_regexp;

#endif
