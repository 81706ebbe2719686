/* Does a file begin as an initrd does? */
#ifndef CONFIG_IMAGE_INITRD_H
#define CONFIG_IMAGE_INITRD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/str.h"

struct volume;

/* So many bytes from the start of a file tell whether it is an initrd; a smaller file is read
 * whole. */
#define INITRD_HEAD 2048

/* True when HEAD, the first N bytes of a file, begins as something that Linux unpacks or mounts: a
 * cpio archive, a compressed one, or a file system; zeros before it are skipped. N is INITRD_HEAD,
 * or the file's size if that is less. That a file was cut off further on does not show. */
bool initrd_is_known(const void *head, size_t n);

/* What is wrong with the file PATH as an initrd, as the end of a sentence that begins with its
 * name, for example "is empty"; NULL when nothing is. Reads its first bytes. Nothing is reported.
 */
const char *initrd_fault(struct volume *, struct str path);

/* What initrd_fault() says of a file that initrd_is_known() does not know. */
#define INITRD_UNKNOWN "does not begin as an initrd"

#endif
