/* What the readers of kernels without a menu share. */
#ifndef CONFIG_KERNELS_IMPL_H
#define CONFIG_KERNELS_IMPL_H

#include "config/parse.h"

/* All strings live in the arena that the configuration is read into. */
struct kernel {
	struct str name;    /* in its folder */
	struct str path;    /* on its volume */
	struct str version; /* with what joins it to the name: "-6.1.0-18-amd64"; may be "" */
	struct str target;  /* of a symlink, one step: vol_link_target(); else "" */
	struct str linked;  /* the version that TARGET tells, as VERSION; "" when it tells none */
	bool dangling;      /* it leads nowhere */
	struct str initrd;  /* the path of its initrd; "" when none was found */
	const char *fault;  /* of that: initrd_fault() */
	bool fault_told;    /* and it is in the report */
};

/* True when NAME is a kernel's; its version, a part of NAME, goes to *VERSION. */
bool kernel_is_named(struct str name, struct str *version);

/* The version that PATH tells, by its last part or, as in /lib/modules/VERSION/vmlinuz, by the one
 * before; "" when neither does. Begins with '-', or is ".old". In the arena. Fails only with
 * E_NO_MEMORY, reported. */
enum status kernel_version_of(struct parse *, struct str path, struct str *version);

/* The part of VERSION that is a number, from the '-' before it on: "-5.15.19" of
 * "-huge-5.15.19"; "" when there is none. */
struct str kernel_number(struct str version);

/* True when B is to come before A in a menu: by kind, then by the number, the newest first, then by
 * all of the version. */
bool kernel_comes_after(const struct kernel *a, const struct kernel *b);

/* Finds the kernel's initrd among the files of FOLDER, by its version: the first that looks good,
 * else the first. What was found before and is good stays. Fails only with E_NO_MEMORY, reported.
 */
enum status kernel_find_initrd(struct parse *, struct str folder, struct kernel *);

/* The same among the names of files that lie beside a kernel in a folder of its own. */
enum status kernel_find_initrd_beside(struct parse *, struct str folder, struct kernel *);

/* What all kernels of a guest have in common: the name of its system, and options. */
struct kernel_settings {
	struct str title, options;
};

/* Reads them from the root file system. Fails only with E_NO_MEMORY, reported. */
enum status kernel_settings_read(struct parse *, struct kernel_settings *);

#endif
