/* Does a file begin as an initrd does? */
#ifndef CONFIG_IMAGE_INITRD_H
#define CONFIG_IMAGE_INITRD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/str.h"

struct volume;

/* The bytes at the start of an initrd that are enough to know it, or the whole of a smaller file.
 */
#define INITRD_HEAD 2048

/* True when HEAD, the first N bytes of a file, INITRD_HEAD of them or all that it has, begin as
 * something that Linux unpacks or mounts: a cpio archive, a compressed one, or a file system; zeros
 * in front are passed over. A file that was cut off later is not known from its head. */
bool initrd_is_known(const void *head, size_t n);

/* What stands against the file PATH on the volume as an initrd, as the end of a sentence that
 * begins with its name, for example "is empty"; NULL when nothing does. Reads its head. Nothing is
 * reported. */
const char *initrd_fault(struct volume *, struct str path);

/* The sentence's end for a file whose head is not known. */
#define INITRD_UNKNOWN "does not begin as an initrd"

#endif
