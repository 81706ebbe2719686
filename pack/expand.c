/* Unpacks what pack/compress.c packed. Every boot waits for this: it has few branches, finds each
 * code in a table, and copies eight bytes at a time. */
#include "pack/expand.h"

#include <stdint.h>

#include "base/bytes.h"
#include "pack/format.h"

/* The bits that are left. */
struct source {
	const unsigned char *p, *end; /* the next byte to take; TAIL bytes follow the end */
	uint64_t window;              /* the next bits, from the highest on; then zeros */
	unsigned left;                /* how many were taken; the window may hold more */
};

/* For each kind and for all bits of the length CODE_MOST that may come: the byte whose code they
 * begin with, above eight bits that tell the length of that code. */
static uint16_t codes[KINDS][1 << CODE_MOST];

/* Makes 56 bits or more be left: five codes. The place of the next byte to take is then at most
 * seven bytes behind that of the next bit. */
static inline void refill(struct source *s)
{
	s->window |= get_be64(*(const be64 *)s->p) >> s->left;
	s->p += (63 - s->left) >> 3;
	s->left |= 56;
}

/* False if more was taken than there is, as damaged bytes may demand. Until this is asked again
 * TAIL bytes, less those that refill() is ahead, may be taken. */
static inline bool within(const struct source *s)
{
	return s->p <= s->end + 7;
}

static inline void skip(struct source *s, unsigned bits)
{
	s->window <<= bits;
	s->left -= bits;
}

/* The next byte, of the kind that CODE is for; needs CODE_MOST bits. */
static inline unsigned next(struct source *s, const uint16_t *code)
{
	unsigned found = code[s->window >> (64 - CODE_MOST)];

	skip(s, found & UINT8_MAX);
	return found >> 8;
}

static bool read_lengths(struct source *s, uint8_t *lengths)
{
	unsigned last = 0, length, times;

	for (unsigned n = 0; n < BYTES;) {
		refill(s);
		length = (unsigned)(s->window >> 60);
		skip(s, 4);
		times = length < AGAIN ? 1 : 2u << (length - AGAIN);
		if (times > BYTES - n || !within(s))
			return false;
		for (last = length < AGAIN ? length : last; times > 0; times--)
			lengths[n++] = (uint8_t)last;
	}
	return true;
}

/* False if the code is not complete. */
static bool read_code(struct source *s, uint16_t *code)
{
	uint8_t lengths[BYTES];
	unsigned at = 0;

	if (!read_lengths(s, lengths))
		return false;
	for (unsigned length = 1; length <= CODE_MOST; length++) {
		unsigned same = 1u << (CODE_MOST - length);

		for (unsigned byte = 0; byte < BYTES; byte++) {
			if (lengths[byte] != length)
				continue;
			if (at + same > 1 << CODE_MOST)
				return false;
			for (unsigned i = 0; i < same; i++)
				code[at++] = (uint16_t)(byte << 8 | length);
		}
	}
	return at == 1 << CODE_MOST;
}

/* The number whose three bits in the head are N: if all are set, bytes are added, but for those
 * that make it more than MOST. */
static inline size_t number(struct source *s, size_t n, size_t most)
{
	unsigned more = UINT8_MAX;

	if (n < MORE)
		return n;
	while (more == UINT8_MAX && n <= most && within(s)) {
		refill(s);
		more = next(s, codes[MORE_BYTE]);
		n += more;
	}
	return n;
}

/* Copies N bytes, and up to seven bytes behind them. */
static inline void copy_eights(unsigned char *to, const unsigned char *from, size_t n)
{
	for (size_t i = 0; i < n; i += 8)
		__builtin_memcpy(to + i, from + i, 8);
}

/* Copies N bytes from DISTANCE bytes before TO. They may overlap: the copy then repeats itself.
 * Eight bytes at a time need a distance of eight; what repeats at a distance repeats at twice that
 * too, so the distance is doubled first. */
static inline void repeat(unsigned char *to, size_t distance, size_t n)
{
	for (; distance < 8 && distance < n; distance *= 2, to += distance / 2, n -= distance / 2) {
		for (size_t i = 0; i < distance; i++)
			to[i] = *(to + i - distance);
	}
	copy_eights(to, to - distance, n);
}

/* Reads a distance; BITS are the two bits of it in the head, BEFORE is the distance before. */
static inline size_t read_distance(struct source *s, unsigned bits, unsigned unit, size_t before)
{
	size_t low;

	if (bits == SAME)
		return before;
	refill(s);
	if (bits != FAR)
		return ((size_t)next(s, codes[NEAR_BYTE]) + (bits - 1) * BYTES + 1) << unit;
	low = next(s, codes[FAR_LOW]);
	return low + (size_t)next(s, codes[FAR_HIGH]) * BYTES + 1;
}

static unsigned unit_of(const unsigned char *packed)
{
	return get_le32(*(const le32 *)(packed + 8));
}

/* Unpacks N literals to TO; AT is their position, of which those bits of IN_UNIT count. Behind a
 * head three need no more bits than are left. */
static inline bool read_literals(struct source *s, size_t n, unsigned char *to, size_t at,
				 size_t in_unit)
{
	for (size_t i = 0; i < n; i++) {
		if (i % 4 == 3) {
			if (!within(s))
				return false;
			refill(s);
		}
		to[i] = (unsigned char)next(s, codes[LITERAL + ((at + i) & in_unit)]);
	}
	return true;
}

/* Unpacks the sequences to the bytes from START to STOP. */
static bool expand_sequences(struct source *s, unsigned unit, unsigned char *start,
			     const unsigned char *stop)
{
	const size_t in_unit = (1u << unit) - 1;
	unsigned char *to = start;
	size_t distance = 1;

	while (to < stop && within(s)) {
		unsigned head;
		size_t literals, length;

		refill(s);
		head = next(s, codes[HEAD]);
		literals = number(s, head >> 5, (size_t)(stop - to));
		if (literals > (size_t)(stop - to) ||
		    !read_literals(s, literals, to, (size_t)(to - start), in_unit))
			return false;
		to += literals;
		if (to == stop)
			break;
		distance = read_distance(s, head & FAR, unit, distance);
		length = number(s, head >> 2 & MORE, (size_t)(stop - to)) + MATCH_LEAST;
		if (distance > (size_t)(to - start) || length > (size_t)(stop - to))
			return false;
		repeat(to, distance, length);
		to += length;
	}
	return to == stop && s->p - s->left / 8 == s->end;
}

bool expand(const unsigned char *packed, size_t n, unsigned char *to)
{
	struct source s = {packed + PACKED_HEADER, packed + n - TAIL, 0, 0};
	size_t size = expand_size(packed, n);
	unsigned unit;

	if (size == 0)
		return false;
	unit = unit_of(packed);
	for (unsigned kind = 0; kind < LITERAL + (1u << unit); kind++) {
		if (!read_code(&s, codes[kind]))
			return false;
	}
	return expand_sequences(&s, unit, to, to + size);
}

size_t expand_size(const unsigned char *packed, size_t n)
{
	bool whole = n >= PACKED_HEADER + TAIL &&
		     get_le32(*(const le32 *)packed) == n - PACKED_HEADER &&
		     unit_of(packed) <= UNIT_MOST;

	return whole ? get_le32(*(const le32 *)(packed + 4)) : 0;
}
