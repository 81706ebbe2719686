/* The prefix codes of pack/format.h: makes them, and writes bytes by them. */
#ifndef PACK_CODES_H
#define PACK_CODES_H

#include <stddef.h>

#include "pack/format.h"

/* A byte of the sequences, and its enum kind. */
struct typed {
	unsigned char kind, byte;
};

/* How many bits the code of each byte of each kind has. */
struct lengths {
	unsigned char of[KINDS][BYTES];
};

/* The kind of a literal at position AT, when a unit has 1 << UNIT bytes. */
static inline unsigned kind_of_literal(size_t at, unsigned unit)
{
	return LITERAL + (unsigned)(at & ((1u << unit) - 1));
}

/* Makes the codes by which the N BYTES take the fewest bits, with none longer than CODE_MOST. Those
 * of a byte that does not occur have length 0. */
void make_codes(const struct typed *bytes, size_t n, struct lengths *lengths);

/* Writes the first KINDS codes and the N BYTES, as one row of bits that is filled up with zeros to
 * whole bytes, to TO. Returns the end of it. */
unsigned char *put_codes(unsigned char *to, const struct lengths *lengths, unsigned kinds,
			 const struct typed *bytes, size_t n);

#endif
