/* Unpacking what pack/compress.c packed. */
#ifndef PACK_EXPAND_H
#define PACK_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes are copied by eight, also where fewer are left. */
#define EXPAND_MORE 8

/* How many bytes were packed into the N bytes PACKED; 0 also when their header is not of them. */
size_t expand_size(const unsigned char *packed, size_t n);

/* Writes the expand_size() bytes to TO, which has room for EXPAND_MORE bytes more: they may be
 * written too. False when PACKED is damaged, as far as that shows: there is no checksum. */
bool expand(const unsigned char *packed, size_t n, unsigned char *to);

#endif
