/* The variables that a guest's firmware, edk2's, keeps in flash, read from the file that is the
 * flash. They are untrusted: the guest writes them, and its firmware. */
#ifndef HOST_VARSTORE_H
#define HOST_VARSTORE_H

#include "fs/block.h"

/* A variable that is set. The store owns all that it points to. */
struct variable {
	struct variable *next; /* the one after it in the store; NULL at the end */
	const uint8_t *vendor; /* GUID_BYTES of loader/vendors.h */
	struct str name;       /* UTF-8, never empty */
	uint32_t attributes;   /* UEFI specification, 8.2: EFI_VARIABLE_... */
	struct str data;
	bool leaving; /* another value was about to take its place, and never did */
};

struct varstore;

/* Opens the file PATH read-only and reads its variables into memory. A flash that no firmware has
 * written yet has none. The caller ends with varstore_close(). Fails, reported: E_IO when it cannot
 * be opened or read; else as varstore_decode() does. */
enum status varstore_open(const char *path, struct report *, struct varstore **);

/* The same for an open device. E_UNSUPPORTED when it is no variable store, or a kind that is not
 * read; E_CORRUPT when the store contradicts itself; E_LIMIT; E_NO_MEMORY; or as reading fails. All
 * are told in the device's report. */
enum status varstore_decode(struct block *, struct varstore **);

/* The first variable of the store; NULL when it has none. */
const struct variable *varstore_first(const struct varstore *);

/* VENDOR's variable NAME; NULL when there is none. The store may be NULL: it has none. */
const struct variable *varstore_get(const struct varstore *, const uint8_t *vendor,
				    struct str name);

/* Frees the store, which may be NULL, and all its variables. */
void varstore_close(struct varstore *);

#endif
