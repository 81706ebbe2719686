/* Entries that are started so many times only, until the guest calls a boot of them good: the boot
 * counters of the Boot Loader Specification, `NAME+LEFT-DONE.conf`, and `tries` in partless.conf.
 *
 * systemd-boot renames the entry's file before each start. Partless writes to no disk. It keeps how
 * often each entry of a file was started (config/kept.h), so a renamed file is another one, whose
 * name counts alone. What is kept is a line for each entry, the one that was started last first:
 *
 *     2 1 Debian           the entry in line 1, "Debian", was started twice
 *     good 7 Old kernel    the guest called a boot of it good: it is not counted any more */
#ifndef CONFIG_TRIES_H
#define CONFIG_TRIES_H

#include "config/kept.h"
#include "config/parse.h"

/* What is kept of one file. */
struct tries {
	struct parse *p;
	struct kept kept;
	struct str text; /* the lines */
	bool keeps;      /* the file is one of which something can be kept */
};

/* Reads what is kept of the file P->path, which holds CONTENT. Fails only with E_NO_MEMORY,
 * reported. */
enum status tries_open(struct tries *, struct parse *p, struct str content);

/* Sets what is left of the ALLOWED tries of E, an entry of the file; its line and title are set. If
 * some are left, sets e->kept. Fails only with E_NO_MEMORY, reported. */
enum status tries_count(const struct tries *, struct entry *e, uint64_t allowed);

#endif
