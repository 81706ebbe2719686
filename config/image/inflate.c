/* Unpacks DEFLATE data. Numbers in comments are sections of RFC 1951.
 *
 * The next symbol is looked up by the next FAST_BITS bits. Codes that are longer are rare, and read
 * bit by bit. No table is made for them, so data cannot demand much work by many small blocks. */
#include "config/image/inflate.h"

#include <stdbool.h>

#include "base/mem.h"

#define LENGTH_MAX 15 /* bits of a code: 3.2.7 */
#define FAST_BITS  9

/* 3.2.5 and 3.2.6: how many symbols there are, the last of which have no meaning. */
#define LITERALS       288
#define LITERALS_USED  286
#define END_OF_BLOCK   256
#define FIRST_LENGTH   257
#define LENGTH_258     285
#define DISTANCES      32
#define DISTANCES_USED 30

#define LENGTHS 19    /* symbols of the code for the lengths of the two other codes: 3.2.7 */
#define NONE    0xfff /* no symbol */

/* A Huffman code. */
struct code {
	uint16_t count[LENGTH_MAX + 1]; /* how many symbols have a code of that many bits */
	uint16_t symbol[LITERALS];      /* in the order of their codes */
	uint16_t fast[1 << FAST_BITS];  /* by the next bits: symbol << 4 | bits of its code, or 0 */
};

/* Those of the block that is unpacked. */
static struct code literals, distances;

/* Reads as many bytes as the bits have room for. */
static void fill(struct inflate *s)
{
	while (s->n <= 56 && s->from < s->end) {
		s->bits |= (uint64_t)*s->from++ << s->n;
		s->n += 8;
	}
}

static void drop(struct inflate *s, unsigned n)
{
	s->bits >>= n;
	s->n -= n;
}

/* The next N <= 16 bits as a number. When there are fewer, it is 0 and no bits are left, so that
 * what follows fails: no code has zero bits, and no block that is stored begins with zeros. */
static unsigned take(struct inflate *s, unsigned n)
{
	unsigned bits;

	fill(s);
	if (n > s->n)
		s->bits = s->n = n = 0;
	bits = (unsigned)s->bits & ((1u << n) - 1);
	drop(s, n);
	return bits;
}

/* Finds the symbol whose code the bits begin with, for codes of any length: 3.2.2. Returns it as in
 * `fast`. */
static unsigned find(const struct code *c, uint64_t bits)
{
	unsigned code = 0, first = 0, before = 0;

	for (unsigned n = 1; n <= LENGTH_MAX; n++) {
		code = code << 1 | (bits & 1);
		bits >>= 1;
		if (code - first < c->count[n])
			return (unsigned)c->symbol[before + code - first] << 4 | n;
		before += c->count[n];
		first = (first + c->count[n]) << 1;
	}
	return 0;
}

/* The next symbol; NONE when the bits have ended, or no code is like them. */
static unsigned decode(struct inflate *s, const struct code *c)
{
	unsigned found;

	fill(s);
	found = c->fast[s->bits % (1 << FAST_BITS)];
	if (found == 0)
		found = find(c, s->bits);
	if (found == 0 || found % 16 > s->n)
		return NONE;
	drop(s, found % 16);
	return found / 16;
}

/* Fills `fast`: codes lie in it with their first bit lowest. */
static void make_fast(struct code *c)
{
	const uint16_t *symbol = c->symbol;
	unsigned code = 0;

	memset(c->fast, 0, sizeof(c->fast));
	for (unsigned n = 1; n <= FAST_BITS; n++, code <<= 1) {
		for (unsigned i = 0; i < c->count[n]; i++, code++, symbol++) {
			unsigned at = 0;

			for (unsigned bit = 0; bit < n; bit++)
				at |= (code >> bit & 1) << (n - 1 - bit);
			for (; at < 1 << FAST_BITS; at += 1u << n)
				c->fast[at] = (uint16_t)(*symbol << 4 | n);
		}
	}
}

/* Makes the code in which symbol I < N has BITS[I] bits, 0 being a symbol that does not occur:
 * 3.2.2. False when there is none, or when it leaves codes without a symbol; a code of one symbol
 * does so, and is right (3.2.7). */
static bool make(struct code *c, const uint8_t *bits, unsigned n)
{
	uint16_t next[LENGTH_MAX + 2];
	unsigned left = 1, longest = 0;

	memset(c->count, 0, sizeof(c->count));
	for (unsigned i = 0; i < n; i++)
		c->count[bits[i]]++;
	c->count[0] = 0;
	next[1] = 0;
	for (unsigned i = 1; i <= LENGTH_MAX; i++) {
		left *= 2;
		if (c->count[i] > left)
			return false;
		left -= c->count[i];
		if (c->count[i] > 0)
			longest = i;
		next[i + 1] = (uint16_t)(next[i] + c->count[i]);
	}
	if (left > 0 && longest > 1)
		return false;
	for (unsigned i = 0; i < n; i++) {
		if (bits[i] > 0)
			c->symbol[next[bits[i]]++] = (uint16_t)i;
	}
	make_fast(c);
	return true;
}

/* 3.2.6 */
static bool make_fixed(void)
{
	uint8_t bits[LITERALS];

	memset(bits, 8, LITERALS);
	memset(bits + 144, 9, 256 - 144);
	memset(bits + 256, 7, 280 - 256);
	if (!make(&literals, bits, LITERALS))
		return false;
	memset(bits, 5, DISTANCES);
	return make(&distances, bits, DISTANCES);
}

/* Reads the lengths of N codes to BITS: 3.2.7. False when they make no sense. */
static bool read_lengths(struct inflate *s, uint8_t *bits, unsigned n)
{
	static const struct {
		uint8_t least, extra;
	} repeats[] = {{3, 2}, {3, 3}, {11, 7}}; /* of the symbols 16, 17 and 18 */

	for (unsigned at = 0, repeat; at < n; at += repeat) {
		unsigned symbol = decode(s, &literals), length = symbol;

		repeat = 1;
		if (symbol > 18 || (symbol == 16 && at == 0))
			return false;
		if (symbol >= 16) {
			length = symbol == 16 ? bits[at - 1] : 0;
			repeat = repeats[symbol - 16].least + take(s, repeats[symbol - 16].extra);
		}
		if (repeat > n - at)
			return false;
		memset(bits + at, (int)length, repeat);
	}
	return true;
}

/* Reads the codes at the start of a block: 3.2.7. */
static bool read_codes(struct inflate *s)
{
	static const uint8_t order[LENGTHS] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
					       11, 4,  12, 3, 13, 2, 14, 1, 15};
	uint8_t bits[LITERALS + DISTANCES] = {0};
	unsigned lengths = 257 + take(s, 5), offsets = 1 + take(s, 5), n = 4 + take(s, 4);

	for (unsigned i = 0; i < n; i++)
		bits[order[i]] = (uint8_t)take(s, 3);
	return lengths <= LITERALS_USED && offsets <= DISTANCES_USED &&
	       make(&literals, bits, LENGTHS) && read_lengths(s, bits, lengths + offsets) &&
	       make(&literals, bits, lengths) && make(&distances, bits + lengths, offsets);
}

/* The number that symbol I stands for, less the least one: 3.2.5. After the first two groups of
 * 1 << SHIFT symbols, those of each group have one more bit behind them. */
static unsigned number(struct inflate *s, unsigned i, unsigned shift)
{
	unsigned group = i >> shift, extra = group - 1, per = 1u << shift;

	return group < 2 ? i : ((per | (i & (per - 1))) << extra) + take(s, extra);
}

/* Copies LENGTH bytes from DISTANCE bytes back; false when they are not there, or have no room. */
static bool copy(struct inflate *s, unsigned length, unsigned distance)
{
	uint8_t *to = s->to + s->made;

	if (distance > s->made || length > s->room - s->made)
		return false;
	s->made += length;
	for (; length > 0; length--, to++)
		*to = *(to - distance); /* which may be a byte that was written just now */
	return true;
}

/* Unpacks a block, after its codes: 3.2.3. */
static bool unpack_block(struct inflate *s)
{
	for (;;) {
		unsigned symbol = decode(s, &literals), length;

		if (symbol < END_OF_BLOCK) {
			if (s->made == s->room)
				return false;
			s->to[s->made++] = (uint8_t)symbol;
			continue;
		}
		if (symbol == END_OF_BLOCK)
			return true;
		if (symbol > LENGTH_258)
			return false;
		length = symbol == LENGTH_258 ? 258 : 3 + number(s, symbol - FIRST_LENGTH, 2);
		symbol = decode(s, &distances);
		if (symbol >= DISTANCES_USED || !copy(s, length, 1 + number(s, symbol, 1)))
			return false;
	}
}

/* Gives back the bytes that were read and not used, after the rest of the last one. */
static void align(struct inflate *s)
{
	s->from -= s->n / 8;
	s->bits = s->n = 0;
}

/* Copies a block that is not packed: 3.2.4. */
static bool copy_stored(struct inflate *s)
{
	unsigned n, inverse;
	size_t room, left;

	align(s);
	n = take(s, 16);
	inverse = take(s, 16);
	align(s);
	if ((n ^ inverse) != 0xffff)
		return false;
	room = s->room - s->made;
	left = (size_t)(s->end - s->from);
	room = room < left ? room : left;
	room = room < n ? room : n;
	memcpy(s->to + s->made, s->from, room);
	s->made += room;
	s->from += room;
	return room == n;
}

void inflate(struct inflate *s)
{
	bool last, good;

	do {
		unsigned type;

		last = take(s, 1);
		type = take(s, 2);
		if (type == 0)
			good = copy_stored(s);
		else
			good = type < 3 && (type == 1 ? make_fixed() : read_codes(s)) &&
			       unpack_block(s);
	} while (good && !last);
}
