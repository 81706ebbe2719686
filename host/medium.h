/* What partless-mkimage makes of the loader's directory: is a file one of those? */
#ifndef HOST_MEDIUM_H
#define HOST_MEDIUM_H

#include <stdbool.h>

/* True when FILE, a raw image or a device, is a FAT, has one as the only partition of its GPT, or
 * is a CD from which EFI boots (El Torito). False also when it cannot be read. */
bool medium_is(const char *file);

#endif
