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

/* A code, ready to read words of it. */
struct words {
	/* By the next QUICK bits: the symbol whose word they begin with and, in the low four bits,
	 * the word's length; 0 when it is longer. */
	unsigned short quick[1 << QUICK];
	unsigned short symbol[CODE_SYMBOLS]; /* in the order of their words */
	/* For words of each length, with zeros behind them up to CODE_BITS: all are below the
	 * limit, and the word less the start is a place in SYMBOL. */
	unsigned limit[CODE_BITS + 1], start[CODE_BITS + 1];
	bool single; /* there are no words: it is always the same symbol */
};

static void fill(struct source *s)
{
	if (s->end - s->p >= (ptrdiff_t)sizeof(s->hold)) {
		s->hold |= get_be64(*(const be64 *)s->p) >> s->have;
		s->p += (63 - s->have) / 8;
		s->have |= 56;
		return;
	}
	for (; s->have <= 56; s->have += 8) {
		if (s->p < s->end)
			s->hold |= (uint64_t)*s->p++ << (56 - s->have);
		else
			s->beyond++;
	}
}

/* The next COUNT bits, 1 to 16; they stay. */
static inline unsigned look(struct source *s, unsigned count)
{
	if (s->have < CODE_BITS)
		fill(s);
	return (unsigned)(s->hold >> (64 - count));
}

static inline void drop(struct source *s, unsigned count)
{
	s->hold <<= count;
	s->have -= count;
}

/* The next COUNT bits, 0 to 16. */
static inline unsigned take(struct source *s, unsigned count)
{
	unsigned value = count > 0 ? look(s, count) : 0;

	drop(s, count);
	return value;
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
		w->quick[at] = 0;
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
	w->single = false;
	if (end != 1U << CODE_BITS)
		return false;
	words_hurry(w);
	return true;
}

static bool words_single(struct words *w, unsigned symbol, unsigned n)
{
	w->symbol[0] = (unsigned short)symbol;
	w->single = true;
	return symbol < n;
}

static inline unsigned read_symbol(struct source *s, const struct words *w)
{
	unsigned bits = QUICK + 1, word, quick;

	if (w->single)
		return w->symbol[0];
	word = look(s, CODE_BITS);
	quick = w->quick[word >> (CODE_BITS - QUICK)];
	if (quick != 0) {
		drop(s, quick & 15);
		return quick >> 4;
	}
	while (word >= w->limit[bits])
		bits++;
	drop(s, bits);
	return w->symbol[(word >> (CODE_BITS - bits)) - w->start[bits]];
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
		unsigned symbol = read_symbol(s, extra);

		if (symbol > 2)
			length[at++] = (unsigned char)(symbol - 2);
		else if (symbol == 0)
			at++;
		else
			at += symbol == 1 ? 3 + take(s, 4) : 20 + take(s, SYMBOLS_WIDTH);
	}
	return at == told && told <= SYMBOLS && words_make(w, length, SYMBOLS);
}

static unsigned read_distance(struct source *s, const struct words *w)
{
	unsigned place = read_symbol(s, w);

	return place < 2 ? place + 1 : (1U << (place - 1)) + take(s, place - 1) + 1;
}

/* One block of steps, from *AT on in the SIZE bytes TO. */
static bool expand_block(struct source *s, unsigned char *restrict to, size_t size, size_t *at)
{
	struct words symbols, places, extra;
	unsigned steps = take(s, 16);
	size_t done = *at;

	if (steps == 0 || !read_symbols(s, &symbols, &extra) ||
	    !read_words(s, &places, PLACES, PLACES_WIDTH, 0))
		return false;
	for (; steps > 0 && done < size; steps--) {
		unsigned symbol = read_symbol(s, &symbols), length, distance;

		if (symbol < 256) {
			to[done++] = (unsigned char)symbol;
			continue;
		}
		length = symbol - 256 + MATCH_LEAST;
		distance = read_distance(s, &places);
		if (distance > done || length > size - done)
			return false;
		for (size_t end = done + length; done < end; done++)
			to[done] = to[done - distance];
	}
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
