/* Kernels in a gzip file (RFC 1952): Ubuntu's for Arm, for one. GRUB unpacks them too. */
#ifndef CONFIG_IMAGE_GZIP_H
#define CONFIG_IMAGE_GZIP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct pe;
struct pe_file;

/* True when a file whose first N bytes are HEAD is a gzip file, and large enough to be one. */
bool gzip_is(const void *head, size_t n);

/* Checks a file as pe_check() does, and a gzip file by what its first bytes unpack to. Reads the
 * last bytes of a gzip file, which say how large its content is; that the content is sound, only
 * gzip_unpack() can tell. */
enum status gzip_check(const struct pe_file *, struct pe *);

/* Unpacks a file in memory, for which gzip_is() is true. *FILE, from mem_alloc(*BYTES), becomes its
 * content, and *BYTES the size of that. Fails, reported in words that follow the file's name, when
 * the file is damaged or memory is used up; *FILE is as it was then. */
enum status gzip_unpack(void **file, size_t *bytes, struct report *);

#endif
