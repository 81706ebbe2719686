/* The variables of the Boot Loader Interface, https://systemd.io/BOOT_LOADER_INTERFACE: text in
 * UTF-16 with a NUL at its end. */
#ifndef LOADER_INTERFACE_VALUES_H
#define LOADER_INTERFACE_VALUES_H

#include "base/status.h"
#include "loader/platform.h"

struct arena;

/* The longest text that is read, in units of UTF-16, and the most bytes that are written. edk2 for
 * machines with 2 MiB of flash takes 8 KiB, with the name. */
#define VALUE_READ  255
#define VALUE_WRITE 8000

/* Makes text of a variable's BYTES bytes, which anybody may have written; with or without the NUL.
 * Fails with E_CORRUPT when they are no UTF-16, none at all, or have a control character; with
 * E_LIMIT; or with E_NO_MEMORY. */
enum status value_decode(struct arena *, const void *value, size_t bytes, struct str *text);

/* Reads a variable. Fails, unreported, as value_decode() does; with E_NOT_FOUND when there is none;
 * or as the firmware failed. */
enum status value_get(struct arena *, const char *name, struct str *text);

/* Makes the COUNT texts, each with a NUL behind it, the content of a variable: as many of them,
 * from the first on, as VALUE_WRITE has room for. Fails, reported, as the firmware failed. */
enum status value_set(const char *name, enum keeping, const struct str *texts, unsigned count,
		      struct report *);

/* Deletes a variable that is kept over a reset. A failure is not reported. */
void value_delete(const char *name, struct report *scratch);

#endif
