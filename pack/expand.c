/* Unpacks what pack/compress.c packed. Every boot waits for this: it has few branches and copies
 * eight bytes at a time. */
#include "pack/expand.h"

#include <stdint.h>

#include "base/bytes.h"
#include "pack/format.h"

/* The sequences that are left. */
struct source {
	const unsigned char *p, *end; /* TAIL bytes follow */
};

/* The number whose three bits in the head are N: if all are set, bytes are added. */
static inline size_t number(struct source *s, size_t n)
{
	unsigned char more = UINT8_MAX;

	if (n < MORE)
		return n;
	while (more == UINT8_MAX && s->p < s->end) {
		more = *s->p++;
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

/* Reads a distance; BITS are the two bits of it in the head, BEFORE is the distance before. Without
 * branches, as which case comes next cannot be foreseen. */
static inline size_t read_distance(struct source *s, unsigned bits, unsigned unit, size_t before)
{
	unsigned low = s->p[0], second = s->p[1];

	bool far = bits == FAR;
	size_t told = low + ((size_t)(far ? second : bits - 1) << 8) + 1;

	s->p += (bits + 1) / 2;
	return bits == SAME ? before : told << (far ? 0 : unit);
}

static unsigned unit_of(const unsigned char *packed)
{
	return get_le32(*(const le32 *)(packed + 8));
}

/* Up to six literals need no check of bounds: the TAIL bytes behind PACKED, and EXPAND_MORE behind
 * TO, have room for them. */
bool expand(const unsigned char *packed, size_t n, unsigned char *to)
{
	struct source s = {packed + PACKED_HEADER, packed + n - TAIL};
	const unsigned char *start = to, *stop = to + expand_size(packed, n);
	const unsigned unit = start < stop ? unit_of(packed) : 0;
	size_t distance = 1;

	while (to < stop && s.p < s.end) {
		unsigned first = *s.p++;
		size_t literals = first >> 5, length;

		if (literals == MORE) {
			literals = number(&s, MORE);
			if (literals > (size_t)(s.end - s.p) || literals > (size_t)(stop - to))
				return false;
			copy_eights(to, s.p, literals);
		} else {
			copy_eights(to, s.p, 8);
		}
		s.p += literals;
		to += literals;
		if (to >= stop)
			break;
		distance = read_distance(&s, first & FAR, unit, distance);
		length = number(&s, first >> 2 & MORE) + MATCH_LEAST;
		if (distance > (size_t)(to - start) || length > (size_t)(stop - to))
			return false;
		repeat(to, distance, length);
		to += length;
	}
	return to == stop && start < stop && s.p == s.end;
}

size_t expand_size(const unsigned char *packed, size_t n)
{
	bool whole = n >= PACKED_HEADER + TAIL &&
		     get_le32(*(const le32 *)packed) == n - PACKED_HEADER &&
		     unit_of(packed) <= UNIT_MOST;

	return whole ? get_le32(*(const le32 *)(packed + 4)) : 0;
}
