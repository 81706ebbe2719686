/* The loader's own file on the host. */
#ifndef HOST_LOADER_FILE_H
#define HOST_LOADER_FILE_H

#include <stdbool.h>

#include "base/status.h"
#include "base/str.h"

/* The largest file of a loader, in bytes. */
#define LOADER_FILE_MAX (16u << 20)

/* What a loader's file says of itself. */
struct loader_file {
	struct str bytes;      /* all of it; loader_file_free() frees it */
	struct str version;    /* "0.1.0"; in BYTES, as is the next */
	struct str generation; /* of SBAT: "1" */
	bool is_signed;        /* it holds a signature; whether that is good is not looked at */
};

/* Reads the file PATH. E_IO, reported, when it cannot be read or is too large. */
enum status loader_file_read(const char *path, struct report *, struct loader_file *);

/* Checks that it is a Partless loader for the processor of guest_arch(), with sound headers, and
 * fills in what it says of itself. E_WRONG_TYPE, E_UNSUPPORTED or E_CORRUPT, reported, if not. */
enum status loader_file_check(struct loader_file *, const char *path, struct report *);

void loader_file_free(struct loader_file *);

#endif
