/* Cuts bytes into literals and matches so that they cost the fewest bits: the cheapest way to each
 * position is extended by every literal and match that begins there. */
#include "pack/parse.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "pack/format.h"

/* What a sequence costs beside its bytes, in bits: each takes time to unpack. */
#define SEQUENCE_COST 4

/* Longer matches are not tried: they would hardly cost less. */
#define MATCH_MOST 512

/* Chains of positions with the same hash of three bytes: for each hash the last position, for each
 * position the one before. Positions count from 1; 0 ends a chain. */
static uint32_t last[1 << 16];
static uint32_t before[INPUT_MOST];

/* The cheapest way to each position. */
static struct way {
	unsigned cost;     /* bits */
	unsigned literals; /* that it ends with */
	struct step step;  /* the last one */
} ways[INPUT_MOST + 1];

static uint32_t *last_of(const unsigned char *p)
{
	return &last[(p[0] | p[1] << 8) ^ p[2] * 0x9e5U % (1 << 16)];
}

/* The bits that the number N takes beyond the three in the head. */
static unsigned more_bits(unsigned n)
{
	return n < MORE ? 0 : 8 * (1 + (n - MORE) / UINT8_MAX);
}

/* Takes STEP from position FROM, if no cheaper way to its end is known. */
static void reach(size_t from, struct step step, unsigned cost)
{
	struct way *to = &ways[from + step.length], *way = &ways[from];

	if (way->cost + cost < to->cost)
		*to = (struct way){way->cost + cost, step.length == 1 ? way->literals + 1 : 0,
				   step};
}

static void reach_by_literal(size_t at)
{
	unsigned literals = ways[at].literals;

	reach(at, (struct step){1, 0}, 8 + more_bits(literals + 1) - more_bits(literals));
}

/* Tries the matches from near to far: a farther one is worth it only if it is longer. */
static void reach_by_matches(const unsigned char *bytes, size_t n, size_t at)
{
	size_t most = n - at < MATCH_MOST ? n - at : MATCH_MOST, longest = MATCH_LEAST - 1;

	if (most < MATCH_LEAST)
		return;
	before[at] = *last_of(bytes + at);
	for (size_t i = before[at]; i != 0 && at - (i - 1) <= DISTANCE_MOST && longest < most;
	     i = before[i - 1]) {
		unsigned distance = (unsigned)(at - (i - 1));
		unsigned cost = SEQUENCE_COST + (distance <= DISTANCE_NEAR ? 16 : 24);
		size_t same = 0;

		while (same < most && bytes[at - distance + same] == bytes[at + same])
			same++;
		for (unsigned length = (unsigned)longest + 1; length <= same; length++)
			reach(at, (struct step){length, distance},
			      cost + more_bits(length - MATCH_LEAST));
		longest = same > longest ? same : longest;
	}
	*last_of(bytes + at) = (uint32_t)at + 1;
}

size_t parse(const unsigned char *bytes, size_t n, struct step *steps)
{
	size_t count = 0;

	memset(last, 0, sizeof(last));
	for (size_t i = 1; i <= n; i++)
		ways[i].cost = UINT_MAX;
	for (size_t at = 0; at < n; at++) {
		reach_by_literal(at);
		reach_by_matches(bytes, n, at);
	}
	for (size_t at = n; at > 0; at -= ways[at].step.length)
		count++;
	for (size_t at = n, i = count; i > 0; at -= ways[at].step.length)
		steps[--i] = ways[at].step;
	return count;
}
