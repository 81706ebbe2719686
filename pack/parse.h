/* Cuts bytes into literals and matches so that they cost the fewest bits. */
#ifndef PACK_PARSE_H
#define PACK_PARSE_H

#include <stddef.h>

/* The most bytes that can be packed. */
#define INPUT_MOST (1 << 20)

/* A literal, of LENGTH 1; or a match: LENGTH bytes, copied from DISTANCE bytes before. */
struct step {
	unsigned length, distance;
};

/* Writes the steps that make up BYTES to STEPS, which has room for N. N is at most INPUT_MOST.
 * Returns the number of steps. */
size_t parse(const unsigned char *bytes, size_t n, struct step *steps);

#endif
