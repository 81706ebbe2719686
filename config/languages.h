/* The languages of boot files, in the order in which they are tried. To add one, add its row here:
 * the row declares its reader, and makes it known to the setting `config` and to whoever explains
 * what was looked for. */
#ifndef CONFIG_LANGUAGES_H
#define CONFIG_LANGUAGES_H

#include "config/entry.h"

/* ROW(reader, name, what is looked for in the folders, paths of the folders or files...). "What" is
 * NULL for a reader of files. */
#define GUEST_LANGUAGES(ROW)                                                                   \
	ROW(partless_conf_read, "partless", NULL, "/boot/partless.conf")                       \
	ROW(grub_cfg_read, "grub", NULL, "/boot/grub/grub.cfg", "/boot/grub2/grub.cfg",        \
	    "/grub/grub.cfg", "/grub2/grub.cfg", "/EFI/BOOT/grub.cfg")                         \
	ROW(bls_read, "bls", "loader/entries or EFI/Linux", "/", "/boot", "/efi", "/boot/efi") \
	ROW(extlinux_read, "extlinux", NULL, "/boot/extlinux/extlinux.conf",                   \
	    "/boot/extlinux.conf", "/extlinux/extlinux.conf", "/extlinux.conf",                \
	    "/boot/syslinux/syslinux.cfg", "/boot/syslinux/extlinux.conf",                     \
	    "/syslinux/syslinux.cfg", "/syslinux.cfg")                                         \
	ROW(legacy_read, "legacy", NULL, "/boot/grub/menu.lst", "/boot/grub/grub.conf",        \
	    "/grub/menu.lst", "/grub/grub.conf")                                               \
	ROW(kernels_read, "kernels", "kernels", "/boot", "/")

/* Tried when no disk of the guest boots, and not before: where /boot is another disk, the root's
 * folder of modules must not win over the menu on that disk. */
#define LAST_LANGUAGES(ROW) \
	ROW(modules_read, "kernels", "kernels", "/usr/lib/modules", "/lib/modules")

#define HOST_LANGUAGES(ROW) ROW(partless_conf_read, "partless", NULL, "/partless.conf")

/* The Nth place, from 0, that is searched for a guest's boot files, in the order of the search;
 * only languages that ALLOWED allows count (config_allows()). False past the last. */
bool config_place(struct str allowed, unsigned n, struct config_place *);

/* True when boot files in LANGUAGE are read. ALLOWED is the value of the setting `config`: "" for
 * every language, the name of one, or a word that names none and so allows none. */
bool config_allows(struct str allowed, const char *language);

/* True when NAME is a language of guests' boot files, for example "extlinux". */
bool config_knows(struct str name);

#endif
