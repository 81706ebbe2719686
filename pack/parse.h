/* Cutting bytes into literal bytes and matches, the way that costs the fewest bits. */
#ifndef PACK_PARSE_H
#define PACK_PARSE_H

#include <stddef.h>

/* Bytes at most. */
#define INPUT_MOST (1 << 20)

/* Bounds of a match, in bytes: UEFI specification, 19.2. */
#define MATCH_LEAST 3
#define MATCH_MOST  256
#define WINDOW      8192

/* Match lengths follow the byte values among the symbols; a place is a distance in powers of two.
 */
#define SYMBOLS (256 + MATCH_MOST - MATCH_LEAST + 1)
#define PLACES  14

/* One byte as it is, LENGTH 1; or LENGTH bytes as they were DISTANCE bytes ago. */
struct step {
	unsigned short length, distance;
};

/* Bits for each symbol, and for each place with the bits of the distance within it. */
struct costs {
	unsigned symbol[SYMBOLS];
	unsigned place[PLACES];
};

/* The place of a distance, and how many bits tell the distance within it. */
unsigned place_of(unsigned distance);
unsigned place_bits(unsigned place);

/* Writes the steps for the N bytes, INPUT_MOST at most, to STEPS, which has room for N, and gives
 * how many they are. COSTS has, for each byte, what a step from there costs. */
size_t parse(const unsigned char *bytes, size_t n, const struct costs *const *costs,
	     struct step *steps);

#endif
