/* The boot files of a volume become a list of entries. The layers:
 *
 *   config.c                            tries the languages in their order, checks the entries
 *   partless_conf.c, grub/, bls/,
 *   extlinux/, legacy/, kernels/        a language each: a row of languages.h
 *   parse.c, lines/                     what languages share
 *   kept.c, tries.c                     what is kept of a file from boot to boot; counted tries
 *   image/                              what a kernel, an initrd and a root file system look like
 *   settings.c, languages.c, entry.c    what the host sets; names and places of the languages;
 *                                       one entry
 *
 * Of a folder, one header says how it works: grub/run.h, bls/bls.h, extlinux/impl.h,
 * kernels/impl.h, lines/text.h, image/pe.h.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "config/entry.h"
#include "config/places.h"
#include "config/settings.h"

/* Whose volume it is: a guest's disk, or the loader's own directory on the host. SIDE_GUEST_LAST is
 * a guest's disk once more, when no disk of the guest boots: it is searched for kernels in folders
 * that belong to no boot loader. */
enum config_side { SIDE_GUEST, SIDE_HOST, SIDE_GUEST_LAST };

/* Reads VOLUME's boot files into CONFIG. The first language that yields a bootable entry wins; if
 * none does, the first that yields any entry. config->files records each boot file that was read
 * and what came of it. An entry whose files are missing keeps its place, with `problem` set. OK
 * also when nothing is found: then config->count is 0. What is wrong with a file, or with reading
 * it, is in REPORT. settings->config may limit a guest to one language or to none; the host's own
 * file adds to SETTINGS. Fails only with E_NO_MEMORY. */
enum status config_read(struct volume *, enum config_side, struct settings *, const struct places *,
			struct arena *, struct report *, struct config *);

#endif
