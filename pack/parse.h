/* Cutting bytes into literals and matches, the way that costs the fewest bits. */
#ifndef PACK_PARSE_H
#define PACK_PARSE_H

#include <stddef.h>

/* Bytes at most. */
#define INPUT_MOST (1 << 20)

/* One byte as it is, LENGTH 1; or LENGTH bytes as they were DISTANCE bytes ago. */
struct step {
	unsigned length, distance;
};

/* Writes the steps for the N bytes, INPUT_MOST at most, to STEPS, which has room for N, and gives
 * how many they are. */
size_t parse(const unsigned char *bytes, size_t n, struct step *steps);

#endif
