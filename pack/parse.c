/* Cutting bytes into literal bytes and matches, the way that costs the fewest bits. */
#include "pack/parse.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

/* Positions of the same three bytes, 1 more than they are: the last one for each hash, and for each
 * position the one before. */
static uint32_t last[1 << 16];
static uint32_t before[INPUT_MOST];

/* The cheapest way to each position. */
static struct way {
	unsigned cost;
	struct step step; /* the last one */
} ways[INPUT_MOST + 1];

unsigned place_of(unsigned distance)
{
	unsigned place = 0;

	while (distance - 1 >= 1U << place)
		place++;
	return place;
}

unsigned place_bits(unsigned place)
{
	return place < 2 ? 0 : place - 1;
}

static uint32_t *last_of(const unsigned char *p)
{
	return &last[(p[0] | p[1] << 8) ^ p[2] * 0x9e5U % (1 << 16)];
}

static void reach(size_t from, struct step step, unsigned cost)
{
	struct way *to = &ways[from + step.length];

	if (ways[from].cost + cost < to->cost)
		*to = (struct way){ways[from].cost + cost, step};
}

/* Goes from near to far. A far match is worth a try where it is longer, or its place cheaper. */
static void reach_by_matches(const unsigned char *bytes, size_t n, size_t at,
			     const struct costs *costs)
{
	size_t most = n - at < MATCH_MOST ? n - at : MATCH_MOST, longest = MATCH_LEAST - 1;
	unsigned cheapest = UINT_MAX;

	if (most < MATCH_LEAST)
		return;
	before[at] = *last_of(bytes + at);
	for (size_t i = before[at]; i != 0 && at - (i - 1) <= WINDOW && longest < most;
	     i = before[i - 1]) {
		unsigned distance = (unsigned)(at - (i - 1));
		unsigned cost = costs->place[place_of(distance)];
		size_t same = 0, from = cost < cheapest ? MATCH_LEAST : longest + 1;

		while (same < most && bytes[at - distance + same] == bytes[at + same])
			same++;
		if (same < MATCH_LEAST)
			continue;
		for (size_t length = from; length <= same; length++)
			reach(at, (struct step){(unsigned short)length, (unsigned short)distance},
			      cost + costs->symbol[256 + length - MATCH_LEAST]);
		cheapest = cost < cheapest ? cost : cheapest;
		longest = same > longest ? same : longest;
	}
	*last_of(bytes + at) = (uint32_t)at + 1;
}

size_t parse(const unsigned char *bytes, size_t n, const struct costs *const *costs,
	     struct step *steps)
{
	size_t count = 0;

	memset(last, 0, sizeof(last));
	for (size_t i = 1; i <= n; i++)
		ways[i].cost = UINT_MAX;
	for (size_t at = 0; at < n; at++) {
		reach(at, (struct step){1, 0}, costs[at]->symbol[bytes[at]]);
		reach_by_matches(bytes, n, at, costs[at]);
	}
	for (size_t at = n; at > 0; at -= ways[at].step.length)
		count++;
	for (size_t at = n, i = count; i > 0; at -= ways[at].step.length)
		steps[--i] = ways[at].step;
	return count;
}
