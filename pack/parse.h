/* Cuts bytes into literals and matches so that they cost the fewest bits. */
#ifndef PACK_PARSE_H
#define PACK_PARSE_H

#include <stddef.h>

#include "pack/codes.h"

/* The most bytes that can be packed. */
#define INPUT_MOST (1 << 20)

/* A literal, of LENGTH 1; or a match: LENGTH bytes, copied from DISTANCE bytes before. */
struct step {
	unsigned length, distance;
};

/* How a sequence tells the distance of its match: by two bits in its head, and by COUNT bytes,
 * which hold REST. */
struct distance {
	unsigned bits, rest, count;
};

/* Tells the distance D, when a unit has 1 << UNIT bytes and the match before had the distance
 * BEFORE. */
struct distance tell_distance(unsigned d, unsigned unit, unsigned before);

/* The head of a sequence: of how many literals, and of what match; LENGTH 0 is none. */
unsigned char tell_head(size_t literals, size_t length, struct distance back);

/* Writes the steps that make up the N BYTES to STEPS, which has room for N. N is at most
 * INPUT_MOST. A unit has 1 << UNIT bytes. LENGTHS tells how many bits each byte of a sequence
 * takes. Returns the number of steps. */
size_t parse(const unsigned char *bytes, size_t n, unsigned unit, const struct lengths *lengths,
	     struct step *steps);

#endif
