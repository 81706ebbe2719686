/* Unpacks what pack/compress.c packed. */
#ifndef PACK_EXPAND_H
#define PACK_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of room that expand() needs behind its output, as it copies eight bytes at a time. */
#define EXPAND_MORE 8

/* The number of bytes that the N bytes PACKED unpack to; 0 when their header contradicts N. */
size_t expand_size(const unsigned char *packed, size_t n);

/* Unpacks the N bytes PACKED to TO, which must have room for expand_size() + EXPAND_MORE bytes, and
 * may write all of them. Never reads or writes outside of these, whatever PACKED holds. False when
 * PACKED is seen to be damaged; there is no checksum. */
bool expand(const unsigned char *packed, size_t n, unsigned char *to);

#endif
