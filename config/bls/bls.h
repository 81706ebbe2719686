/* The Boot Loader Specification,
 * https://uapi-group.org/specifications/specs/boot_loader_specification/. The layers:
 *
 *   bls.c                the menu: its folders, loader.conf, titles that tell entries apart
 *   folder.c             one folder: which of its files are entries, and their order
 *   entry.c, image.c     one entry file; one unified kernel image
 *
 * GRUB's command `uki` reads images through image.c too.
 */
#ifndef CONFIG_BLS_BLS_H
#define CONFIG_BLS_BLS_H

#include "config/lines/text.h"
#include "config/parse.h"

/* The largest entry file. */
#define BLS_FILE_MAX (64u << 10)

/* Finds the value of a variable; false when there is no variable of that name. The value lives as
 * long as the arena. */
typedef bool bls_lookup_fn(void *context, struct str name, struct str *value);

/* An entry and what it is sorted by. */
struct bls_item {
	struct bls_item *next;
	struct entry entry;
	struct str machine_id;
	struct str release; /* the version that it is sorted by */
	bool counted;       /* the file's name has a boot counter, of these numbers */
	uint64_t left;      /* tries that are left */
	uint64_t done;      /* tries that failed */
};

/* The entries of a menu while they are read. */
struct bls {
	struct parse *p;
	bls_lookup_fn *lookup;
	void *context;
	struct text options, initrd; /* the lines of the entry that is being read, joined */
	struct bls_item *first;      /* sorted */
	unsigned count;
	bool unreadable; /* the disk fails or is damaged where an entry lies */
};

/* Reads the entries in FOLDER, or the unified kernel images, into the list. E_NOT_FOUND,
 * unreported, when there is no such folder. A bad entry is reported and skipped. Other failures are
 * reported. */
enum status bls_folder(struct bls *, struct str folder, bool image);

/* Reads TEXT, the entry file P->path, into ITEM, whose id is set; P is the file's own. *WANTED is
 * false when the entry is for another machine. Fails only with E_NO_MEMORY, reported. */
enum status bls_parse(struct bls *, struct parse *, struct str text, struct bls_item *item,
		      bool *wanted);

/* Reads the unified kernel image P->path into ITEM, whose id is set; P is the file's own. An image
 * without a title gets the id as title; other things that it does not say stay empty. SCRATCH is
 * overwritten. Fails only with E_NO_MEMORY, reported. */
enum status bls_parse_image(struct parse *, struct text *scratch, struct bls_item *item);

#endif
