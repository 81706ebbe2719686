/* Guests without a menu: kernels are found by their names. The layers:
 *
 *   kernels.c     a folder of kernels, or of modules, becomes a list of entries
 *   names.c       what is a kernel, its version, its initrd, its place in the list
 *   settings.c    the title and the options, from the root file system
 */
#ifndef CONFIG_KERNELS_IMPL_H
#define CONFIG_KERNELS_IMPL_H

#include "config/parse.h"

/* All strings live in the arena that the configuration is read into. */
struct kernel {
	struct str name;    /* in its folder */
	struct str path;    /* on its volume */
	struct str version; /* with what joins it to the name: "-6.1.0-18-amd64"; may be "" */
	struct str target;  /* of a symlink: vol_link_target(); else "" */
	struct str linked;  /* the version in TARGET's name, as VERSION; "": none */
	bool dangling;      /* the symlink leads nowhere */
	struct str initrd;  /* the path of its initrd; "" when none was found */
	const char *fault;  /* what is wrong with that: initrd_fault(); NULL: nothing */
	bool fault_told;    /* the report says so already */
};

/* True when NAME is a kernel's; its version, a part of NAME, goes to *VERSION. */
bool kernel_is_named(struct str name, struct str *version);

/* The version in the last part of PATH or, as in /lib/modules/VERSION/vmlinuz, in the part before;
 * "" when neither has one. Begins with '-', or is ".old". In the arena. Fails only with
 * E_NO_MEMORY, reported. */
enum status kernel_version_of(struct parse *, struct str path, struct str *version);

/* The part of VERSION from its first number on, with the '-' before that: "-5.15.19" of
 * "-huge-5.15.19"; "" when there is none. */
struct str kernel_number(struct str version);

/* True when A comes after B in a menu: by kind, then by number, the newest first, then by the whole
 * version. */
bool kernel_comes_after(const struct kernel *a, const struct kernel *b);

/* Finds the kernel's initrd in FOLDER by its version, and sets its `initrd` and `fault`: the first
 * file without a fault, else the first file. One without a fault that was found before stays. Fails
 * only with E_NO_MEMORY, reported. */
enum status kernel_find_initrd(struct parse *, struct str folder, struct kernel *);

/* The same with the names that an initrd has when it lies in a folder with one kernel. */
enum status kernel_find_initrd_beside(struct parse *, struct str folder, struct kernel *);

/* What all kernels of a guest have in common: the name of its system, and the options. */
struct kernel_settings {
	struct str title, options;
};

/* Reads them from the root file system. Fails only with E_NO_MEMORY, reported. */
enum status kernel_settings_read(struct parse *, struct kernel_settings *);

#endif
