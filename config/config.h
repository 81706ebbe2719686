/* The boot files of a volume become a list of entries. The layers:
 *
 *   config.c                            tries the languages in their order, checks the entries
 *   partless_conf.c, legacy.c,
 *   grub/, bls/, extlinux/, kernels/    a language each: a row of languages.h
 *   parse.c, lines/                     what languages share
 *   image/                              what a kernel, an initrd and a root file system look like
 *   languages.c, settings.c, entry.c    names and places; what the host sets; one entry
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "config/entry.h"
#include "config/places.h"
#include "config/settings.h"

/* Whose volume it is: a guest's disk or the loader's own directory on the host. SIDE_GUEST_LAST is
 * a guest's disk too, and what is left to look for where no disk of the guest boots: kernels where
 * no boot loader looks. */
enum config_side { SIDE_GUEST, SIDE_HOST, SIDE_GUEST_LAST };

/* Reads VOLUME's boot files into CONFIG: the first language that yields a bootable entry wins;
 * where none does, the first that yields anything. What each boot file came to that was read on the
 * way is kept in config->files. An entry whose files are missing keeps its place
 * with `problem` set. OK also when nothing was found: then config->count is 0. Whatever is wrong in
 * a file, or with reading it, is told in REPORT. Of a guest's languages SETTINGS may allow one or
 * none; what the host's file sets is added to SETTINGS. Fails only with E_NO_MEMORY. */
enum status config_read(struct volume *, enum config_side, struct settings *, const struct places *,
			struct arena *, struct report *, struct config *);

#endif
