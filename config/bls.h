/* The Boot Loader Specification,
 * https://uapi-group.org/specifications/specs/boot_loader_specification/: its entries, for whoever
 * lists them. */
#ifndef CONFIG_BLS_H
#define CONFIG_BLS_H

#include "config/parse.h"

/* The largest entry file. */
#define BLS_FILE_MAX (64u << 10)

/* In which order, and by whose customs, entries are read. */
enum bls_order {
	/* The specification's: what systemd-boot lists. The id is the file's name less its boot
	 * counter. */
	BLS_SYSTEMD,
	/* Fedora GRUB's `blscfg`: by the files' names, the newest first. The id is the file's name
	 * less ".conf"; what has no `linux` is left out. */
	BLS_GRUB,
};

/* What a variable stands for; false when nobody has set it. The value lives as long as the arena.
 */
typedef bool bls_lookup_fn(void *context, struct str name, struct str *value);

/* Reads the type #1 entries of the folder P->path on P->volume, sorted, into a list that is linked
 * by `next` and belongs to P->arena; P->config is not touched. LOOKUP resolves the variables in
 * `options` and `initrd`, as Fedora and RHEL write them ($kernelopts, $tuned_initrd); one that it
 * does not know becomes nothing. Where LOOKUP is NULL, $ is an ordinary character. Paths are where
 * the files lie on the volume: path_find(). Entries for other machines are left out; one without a
 * program keeps its place with `problem` set. Bad lines are told. E_NOT_FOUND, without a word, when
 * there is no such folder; of more than ENTRIES_MAX files the rest is told and left out. */
enum status bls_entries(struct parse *, enum bls_order, bls_lookup_fn *lookup, void *context,
			struct entry **list);

/* The language: type #1 entries in loader/entries, unified kernel images (type #2) in EFI/Linux,
 * and loader/loader.conf, with P->path the folder that holds them: "/", "/boot", ... */
read_fn bls_read;

#endif
