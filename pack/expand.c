/* Unpacking what pack/compress.c packed. EFI_DECOMPRESS_PROTOCOL does the same and takes twice as
 * long, which every boot would pay. */
#include "pack/expand.h"

#include <stdint.h>

#include "base/bytes.h"
#include "pack/code.h"
#include "pack/parse.h"

/* Bits of the stream, which is followed by zeros. */
struct source {
	const unsigned char *p, *end;
	uint64_t hold; /* the next bits, highest first; some that follow may be there too */
	unsigned have; /* how many of them */
	size_t beyond; /* bytes in it that are not of the stream */
};

/* Bits that are looked up at once: few words are longer. */
#define QUICK 10

/* A place of `quick` whose word is longer. */
#define LONGER 0xffff

/* Bits of the longest step: two words and the rest of a distance. */
#define STEP_BITS (2 * CODE_BITS + PLACES - 2)

/* A code, ready to read words of it. */
struct words {
	/* By the next QUICK bits: the symbol whose word they begin with and, in the low four bits,
	 * the word's length. Without words it is always the same symbol, after no bits. */
	unsigned short quick[1 << QUICK];
	unsigned short symbol[CODE_SYMBOLS]; /* in the order of their words */
	/* For words of each length, with zeros behind them up to CODE_BITS: all are below the
	 * limit, and the word less the start is a place in SYMBOL. */
	unsigned limit[CODE_BITS + 1], start[CODE_BITS + 1];
};

/* By value, so that the compiler keeps a source in registers. */
static struct source filled(struct source s)
{
	for (; s.have <= 56; s.have += 8) {
		if (s.p < s.end)
			s.hold |= (uint64_t)*s.p++ << (56 - s.have);
		else
			s.beyond++;
	}
	return s;
}

/* Sees to it that BITS bits, at most 56, can be taken. */
static inline void want(struct source *s, unsigned bits)
{
	if (s->have >= bits)
		return;
	if (s->end - s->p < (ptrdiff_t)sizeof(s->hold)) {
		*s = filled(*s);
		return;
	}
	s->hold |= get_be64(*(const be64 *)s->p) >> s->have;
	s->p += (63 - s->have) / 8;
	s->have |= 56;
}

/* The next COUNT bits, 0 to 16, which are wanted already. */
static inline unsigned take_wanted(struct source *s, unsigned count)
{
	unsigned value = (unsigned)(s->hold >> 32 >> (32 - count));

	s->hold <<= count;
	s->have -= count;
	return value;
}

static unsigned take(struct source *s, unsigned count)
{
	want(s, count);
	return take_wanted(s, count);
}

static void words_hurry(struct words *w)
{
	unsigned at = 0;

	for (unsigned bits = 1; bits <= QUICK; bits++) {
		for (; at < w->limit[bits] >> (CODE_BITS - QUICK); at++) {
			unsigned symbol = w->symbol[(at >> (QUICK - bits)) - w->start[bits]];

			w->quick[at] = (unsigned short)(symbol << 4 | bits);
		}
	}
	for (; at < 1 << QUICK; at++)
		w->quick[at] = LONGER;
}

/* Makes the words from their lengths. False when those do not make a code. */
static bool words_make(struct words *w, const unsigned char *length, unsigned n)
{
	unsigned count[CODE_BITS + 1] = {0}, next[CODE_BITS + 1], end = 0, at = 0;

	for (unsigned i = 0; i < n; i++)
		count[length[i]]++;
	for (unsigned bits = 1; bits <= CODE_BITS; bits++) {
		next[bits] = at;
		w->start[bits] = (end >> (CODE_BITS - bits)) - at;
		at += count[bits];
		end += count[bits] << (CODE_BITS - bits);
		w->limit[bits] = end;
	}
	for (unsigned i = 0; i < n; i++) {
		if (length[i] != 0)
			w->symbol[next[length[i]]++] = (unsigned short)i;
	}
	if (end != 1U << CODE_BITS)
		return false;
	words_hurry(w);
	return true;
}

static bool words_single(struct words *w, unsigned symbol, unsigned n)
{
	for (unsigned at = 0; at < 1 << QUICK; at++)
		w->quick[at] = (unsigned short)(symbol << 4);
	return symbol < n;
}

static inline unsigned read_longer(struct source *s, const struct words *w)
{
	unsigned word = (unsigned)(s->hold >> (64 - CODE_BITS)), bits = QUICK + 1;

	while (word >= w->limit[bits])
		bits++;
	take_wanted(s, bits);
	return w->symbol[(word >> (CODE_BITS - bits)) - w->start[bits]];
}

/* The symbol of the next word; CODE_BITS bits are wanted already. */
static inline unsigned read_symbol(struct source *s, const struct words *w)
{
	unsigned quick = w->quick[s->hold >> (64 - QUICK)];

	if (quick == LONGER)
		return read_longer(s, w);
	take_wanted(s, quick & 15);
	return quick >> 4;
}

/* What code.c's tell() wrote: a code of N symbols. */
static bool read_words(struct source *s, struct words *w, unsigned n, unsigned width,
		       unsigned special)
{
	unsigned char length[EXTRA_SYMBOLS + 3] = {0};
	unsigned told = take(s, width);

	if (told == 0)
		return words_single(w, take(s, width), n);
	if (told > n)
		return false;
	for (unsigned i = 0; i < told;) {
		unsigned bits = take(s, 3);

		while (bits >= 7 && take(s, 1) != 0)
			bits++;
		if (bits > CODE_BITS)
			return false;
		length[i++] = (unsigned char)bits;
		if (i == special)
			i += take(s, 2);
	}
	return words_make(w, length, n);
}

/* What code_tell_symbols() wrote. EXTRA is for its own use. */
static bool read_symbols(struct source *s, struct words *w, struct words *extra)
{
	unsigned char length[SYMBOLS] = {0};
	unsigned told, at = 0;

	if (!read_words(s, extra, EXTRA_SYMBOLS, EXTRA_WIDTH, EXTRA_SPECIAL))
		return false;
	told = take(s, SYMBOLS_WIDTH);
	if (told == 0)
		return words_single(w, take(s, SYMBOLS_WIDTH), SYMBOLS);
	while (at < told && at < SYMBOLS) {
		unsigned symbol;

		want(s, CODE_BITS);
		symbol = read_symbol(s, extra);
		if (symbol > 2)
			length[at++] = (unsigned char)(symbol - 2);
		else if (symbol == 0)
			at++;
		else
			at += symbol == 1 ? 3 + take(s, 4) : 20 + take(s, SYMBOLS_WIDTH);
	}
	return at == told && told <= SYMBOLS && words_make(w, length, SYMBOLS);
}

static inline unsigned read_distance(struct source *s, const struct words *w)
{
	unsigned place = read_symbol(s, w);

	return place < 2 ? place + 1 : (1U << (place - 1)) + take_wanted(s, place - 1) + 1;
}

/* LENGTH bytes again that were written DISTANCE bytes before; there is room for ROOM. */
static inline void repeat(unsigned char *to, unsigned distance, unsigned length, size_t room)
{
	if (distance < 8 || room < length + 7) {
		for (unsigned i = 0; i < length; i++)
			to[i] = *(to + i - distance);
		return;
	}
	for (unsigned i = 0; i < length; i += 8)
		__builtin_memcpy(to + i, to + i - distance, 8);
}

/* One block of steps, from *AT on in the SIZE bytes TO. */
static bool expand_block(struct source *from, unsigned char *to, size_t size, size_t *at)
{
	struct words symbols, places, extra;
	unsigned steps = take(from, 16);
	size_t done = *at;
	struct source s;

	if (steps == 0 || !read_symbols(from, &symbols, &extra) ||
	    !read_words(from, &places, PLACES, PLACES_WIDTH, 0))
		return false;
	s = *from;
	for (; steps > 0 && done < size; steps--) {
		unsigned symbol, length, distance;

		want(&s, STEP_BITS);
		symbol = read_symbol(&s, &symbols);
		if (symbol < 256) {
			to[done++] = (unsigned char)symbol;
			continue;
		}
		length = symbol - 256 + MATCH_LEAST;
		distance = read_distance(&s, &places);
		if (distance > done || length > size - done)
			return false;
		repeat(to + done, distance, length, size - done);
		done += length;
	}
	*from = s;
	*at = done;
	return steps == 0;
}

static bool is_whole(const unsigned char *packed, size_t n)
{
	return n >= PACKED_HEADER && get_le32(*(const le32 *)packed) == n - PACKED_HEADER;
}

size_t expand_size(const unsigned char *packed, size_t n)
{
	return is_whole(packed, n) ? get_le32(*(const le32 *)(packed + 4)) : 0;
}

bool expand(const unsigned char *packed, size_t n, unsigned char *to)
{
	struct source s = {.end = packed + n};
	size_t size = expand_size(packed, n), at = 0;

	if (!is_whole(packed, n))
		return false;
	s.p = packed + PACKED_HEADER;
	while (at < size && s.beyond <= sizeof(s.hold)) {
		if (!expand_block(&s, to, size, &at))
			return false;
	}
	/* Of the last byte some bits may be left. */
	return at == size && s.p == s.end && s.have - 8 * s.beyond < 8;
}
