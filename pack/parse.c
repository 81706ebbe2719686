/* Cuts bytes into literals and matches so that they cost the fewest bits: the cheapest way to each
 * position is extended by every literal and match that begins there. */
#include "pack/parse.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "pack/format.h"

/* Longer matches are not tried: they would hardly cost less. When a match of ENOUGH bytes is known,
 * no other is looked for. */
#define MATCH_MOST 512
#define ENOUGH     64

/* Chains of positions with the same hash of three bytes: for each hash the last position, for each
 * position the one before. Positions count from 1; 0 ends a chain. */
static uint32_t last[1 << 16];
static uint32_t earlier[INPUT_MOST];

struct input {
	const unsigned char *bytes;
	size_t n;
	unsigned unit; /* as in the header */
	const struct lengths *lengths;
};

/* The most bytes that tell a distance. */
#define DISTANCE_BYTES 2

/* The cheapest way to each position. */
static struct way {
	unsigned cost;     /* bits */
	unsigned literals; /* that it ends with */
	unsigned distance; /* of its last match */
	struct step step;  /* the last one */
} ways[INPUT_MOST + 1];

static uint32_t *last_of(const unsigned char *p)
{
	return &last[(p[0] | p[1] << 8) ^ p[2] * 0x9e5U % (1 << 16)];
}

/* The bits of a byte of the KIND. One that does not occur has no code yet. */
static unsigned bits_of(const struct input *in, unsigned kind, unsigned byte)
{
	unsigned bits = in->lengths->of[kind][byte & UINT8_MAX];

	return bits > 0 ? bits : CODE_MOST;
}

/* The bits that the number N takes beyond the three in the head. */
static unsigned more_bits(const struct input *in, size_t n)
{
	unsigned bits = 0;

	if (n < MORE)
		return 0;
	for (n -= MORE; n >= UINT8_MAX; n -= UINT8_MAX)
		bits += bits_of(in, MORE_BYTE, UINT8_MAX);
	return bits + bits_of(in, MORE_BYTE, (unsigned)n);
}

/* Takes STEP from position FROM, if no cheaper way to its end is known. */
static void reach(size_t from, struct step step, unsigned cost)
{
	struct way *to = &ways[from + step.length], *way = &ways[from];

	if (way->cost + cost < to->cost)
		*to = step.length == 1 ? (struct way){way->cost + cost, way->literals + 1,
						      way->distance, step}
				       : (struct way){way->cost + cost, 0, step.distance, step};
}

static void reach_by_literal(const struct input *in, size_t at)
{
	unsigned kind = kind_of_literal(at, in->unit);

	reach(at, (struct step){1, 0}, bits_of(in, kind, in->bytes[at]));
}

static unsigned three_bits(size_t n)
{
	return n < MORE ? (unsigned)n : MORE;
}

unsigned char tell_head(size_t literals, size_t length, struct distance back)
{
	size_t more = length == 0 ? 0 : length - MATCH_LEAST;

	return (unsigned char)(three_bits(literals) << 5 | three_bits(more) << 2 | back.bits);
}

struct distance tell_distance(unsigned d, unsigned unit, unsigned before)
{
	unsigned units = (d >> unit) - 1;

	if (d == before)
		return (struct distance){SAME, 0, 0};
	if (units << unit == d - (1u << unit) && units < DISTANCE_NEAR)
		return (struct distance){1 + (units >> 8), units & UINT8_MAX, 1};
	return (struct distance){FAR, d - 1, 2};
}

static unsigned distance_bits(const struct input *in, struct distance back)
{
	if (back.count == 2)
		return bits_of(in, FAR_LOW, back.rest) + bits_of(in, FAR_HIGH, back.rest >> 8);
	return back.count == 1 ? bits_of(in, NEAR_BYTE, back.rest) : 0;
}

/* The matches at one position. */
struct matches {
	const struct input *in;
	size_t at, most;                    /* position; the length of the longest that is tried */
	size_t longest[DISTANCE_BYTES + 1]; /* whose distance took so many bytes or fewer */
};

/* Takes the matches with distance D that are longer than those that cost no more. */
static void reach_by_match(struct matches *m, unsigned d)
{
	const unsigned char *to = m->in->bytes + m->at;
	struct distance back = tell_distance(d, m->in->unit, ways[m->at].distance);
	unsigned bytes = back.count, literals = ways[m->at].literals, cost;
	size_t same = 0, longest = m->longest[bytes];

	if (longest >= m->most || *(to + longest - d) != to[longest])
		return;
	while (same < m->most && *(to + same - d) == to[same])
		same++;
	cost = distance_bits(m->in, back) + more_bits(m->in, literals);
	for (unsigned length = (unsigned)longest + 1; length <= same; length++)
		reach(m->at, (struct step){length, d},
		      cost + bits_of(m->in, HEAD, tell_head(literals, length, back)) +
			      more_bits(m->in, length - MATCH_LEAST));
	for (; bytes <= DISTANCE_BYTES; bytes++)
		m->longest[bytes] = same > m->longest[bytes] ? same : m->longest[bytes];
}

/* Tries the match with the distance of the match before, then all from near to far. */
static void reach_by_matches(const struct input *in, size_t at)
{
	size_t left = in->n - at, enough = left < ENOUGH ? left : ENOUGH;
	struct matches m = {in, at, left < MATCH_MOST ? left : MATCH_MOST, {0}};

	if (left < MATCH_LEAST)
		return;
	for (size_t i = 0; i <= DISTANCE_BYTES; i++)
		m.longest[i] = MATCH_LEAST - 1;
	if (ways[at].distance <= at)
		reach_by_match(&m, ways[at].distance);
	earlier[at] = *last_of(in->bytes + at);
	for (size_t i = earlier[at];
	     i != 0 && at - (i - 1) <= DISTANCE_MOST && m.longest[DISTANCE_BYTES] < enough;
	     i = earlier[i - 1])
		reach_by_match(&m, (unsigned)(at - (i - 1)));
	*last_of(in->bytes + at) = (uint32_t)at + 1;
}

size_t parse(const unsigned char *bytes, size_t n, unsigned unit, const struct lengths *lengths,
	     struct step *steps)
{
	const struct input in = {bytes, n, unit, lengths};
	size_t count = 0;

	memset(last, 0, sizeof(last));
	ways[0].distance = 1;
	for (size_t i = 1; i <= n; i++)
		ways[i].cost = UINT_MAX;
	for (size_t at = 0; at < n; at++) {
		reach_by_literal(&in, at);
		reach_by_matches(&in, at);
	}
	for (size_t at = n; at > 0; at -= ways[at].step.length)
		count++;
	for (size_t at = n, i = count; i > 0; at -= ways[at].step.length)
		steps[--i] = ways[at].step;
	return count;
}
