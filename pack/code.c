/* Prefix codes, and how the compressed stream tells them: UEFI specification, 19.3. */
#include "pack/code.h"

#include <stdint.h>
#include <stdlib.h>

struct node {
	unsigned count;
	unsigned short symbol; /* of a leaf */
	unsigned short parent;
};

struct run {
	unsigned char symbol, extra_bits;
	unsigned short extra;
};

void bits_put(struct bits *bits, unsigned value, unsigned count)
{
	for (unsigned i = count; i-- > 0; bits->n++) {
		if (bits->bytes != NULL && (value >> i & 1) != 0)
			bits->bytes[bits->n / 8] |= (unsigned char)(0x80 >> bits->n % 8);
	}
}

static int by_count(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? -1 : 1;
	return x->symbol < y->symbol ? -1 : x->symbol > y->symbol;
}

/* Huffman's tree over the N sorted leaves in NODES, N at least 2: each node's parent, and the root
 * last. Inner nodes come into being in the order of their counts, so they need no sorting. */
static size_t grow(struct node *nodes, size_t n)
{
	size_t leaf = 0, inner = n, end = n;

	while (end < 2 * n - 1) {
		nodes[end] = (struct node){0};
		for (int child = 0; child < 2; child++) {
			size_t least = leaf < n && (inner == end ||
						    nodes[leaf].count <= nodes[inner].count)
					       ? leaf++
					       : inner++;

			nodes[least].parent = (unsigned short)end;
			nodes[end].count += nodes[least].count;
		}
		end++;
	}
	return end - 1;
}

/* Sets the lengths; gives the longest. Counts are divided by 1 << FLATTER, which makes it shorter.
 */
static unsigned measure(struct code *code, unsigned flatter)
{
	struct node nodes[2 * CODE_SYMBOLS];
	unsigned depth[2 * CODE_SYMBOLS], longest = 0;
	size_t n = 0;

	for (size_t i = 0; i < code->symbols; i++) {
		code->length[i] = 0;
		if (code->count[i] != 0)
			nodes[n++] = (struct node){.count = (code->count[i] >> flatter) + 1,
						   .symbol = (unsigned short)i};
	}
	if (n < 2)
		return 0;
	qsort(nodes, n, sizeof(*nodes), by_count);
	size_t root = grow(nodes, n);

	depth[root] = 0;
	for (size_t i = root; i-- > 0;) {
		depth[i] = depth[nodes[i].parent] + 1;
		if (i >= n)
			continue;
		code->length[nodes[i].symbol] = (unsigned char)depth[i];
		longest = depth[i] > longest ? depth[i] : longest;
	}
	return longest;
}

void code_make(struct code *code)
{
	unsigned flatter = 0, next = 0;

	while (measure(code, flatter) > CODE_BITS)
		flatter++;
	for (unsigned length = 1; length <= CODE_BITS; length++, next <<= 1) {
		for (size_t i = 0; i < code->symbols; i++) {
			if (code->length[i] == length)
				code->word[i] = (unsigned short)next++;
		}
	}
}

void code_put(struct bits *bits, const struct code *code, size_t symbol)
{
	bits_put(bits, code->word[symbol], code->length[symbol]);
}

/* How many lengths there are without the zeros at the end. */
static size_t told(const struct code *code)
{
	size_t n = code->symbols;

	while (n > 0 && code->length[n - 1] == 0)
		n--;
	return n;
}

/* Where no symbol has a word: the only one that occurs, or 0. */
static unsigned only(const struct code *code)
{
	for (size_t i = 0; i < code->symbols; i++) {
		if (code->count[i] != 0)
			return (unsigned)i;
	}
	return 0;
}

static void tell(struct bits *bits, const struct code *code, unsigned width, size_t special)
{
	size_t n = told(code);

	bits_put(bits, (unsigned)n, width);
	if (n == 0)
		bits_put(bits, only(code), width);
	for (size_t i = 0; i < n;) {
		unsigned length = code->length[i++];

		/* 3 bits up to 6; from there ones, as many as it is, less 4, and a zero */
		if (length <= 6)
			bits_put(bits, length, 3);
		else
			bits_put(bits, (1U << (length - 3)) - 2, length - 3);
		if (i == special) {
			while (i < special + 3 && code->length[i] == 0)
				i++;
			bits_put(bits, (unsigned)(i - special), 2);
		}
	}
}

void code_tell_places(struct bits *bits, const struct code *code)
{
	tell(bits, code, PLACES_WIDTH, SIZE_MAX);
}

/* The longest run of zeros at AT that one symbol can tell, or else the length there. */
static struct run run_at(const struct code *code, size_t n, size_t at, size_t *took)
{
	size_t zeros = 0;

	while (at + zeros < n && code->length[at + zeros] == 0)
		zeros++;
	*took = 1;
	if (zeros == 0)
		return (struct run){.symbol = code->length[at] + 2};
	if (zeros < 3 || zeros == 19) /* 19 is 1 and 18 */
		return (struct run){.symbol = 0};
	*took = zeros;
	if (zeros < 19)
		return (struct run){1, 4, (unsigned short)(zeros - 3)};
	return (struct run){2, SYMBOLS_WIDTH, (unsigned short)(zeros - 20)};
}

void code_tell_symbols(struct bits *bits, const struct code *code)
{
	struct code extra = {.symbols = EXTRA_SYMBOLS};
	struct run runs[CODE_SYMBOLS];
	size_t n = told(code), count = 0, took;

	for (size_t at = 0; at < n; at += took) {
		runs[count] = run_at(code, n, at, &took);
		extra.count[runs[count++].symbol]++;
	}
	code_make(&extra);
	tell(bits, &extra, EXTRA_WIDTH, EXTRA_SPECIAL);
	bits_put(bits, (unsigned)n, SYMBOLS_WIDTH);
	if (n == 0)
		bits_put(bits, only(code), SYMBOLS_WIDTH);
	for (size_t i = 0; i < count; i++) {
		code_put(bits, &extra, runs[i].symbol);
		bits_put(bits, runs[i].extra, runs[i].extra_bits);
	}
}
