/* Unpacking what pack/compress.c packed. */
#ifndef PACK_EXPAND_H
#define PACK_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes before the stream: its size, and that of what was packed. */
#define PACKED_HEADER 8

/* How many bytes were packed into the N bytes PACKED; 0 also when their header is not of them. */
size_t expand_size(const unsigned char *packed, size_t n);

/* Writes the expand_size() bytes to TO. False when PACKED is damaged, as far as that shows: there
 * is no checksum. UEFI specification, 19.2 to 19.4. */
bool expand(const unsigned char *packed, size_t n, unsigned char *to);

#endif
