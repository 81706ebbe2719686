/* Makes prefix codes, and writes bytes by them. */
#include "pack/codes.h"

#include <stdbool.h>
#include <string.h>

/* A node of the tree of one code: the first BYTES of them are the bytes. */
struct node {
	size_t count; /* how often the bytes below it occur; 0: not in the tree yet */
	unsigned above;
};

/* The node that is rarest of those that have none above them. */
static unsigned rarest(const struct node *nodes, unsigned n)
{
	unsigned found = n;

	for (unsigned i = 0; i < n; i++) {
		if (nodes[i].count > 0 && nodes[i].above == 0 &&
		    (found == n || nodes[i].count < nodes[found].count))
			found = i;
	}
	return found;
}

/* Huffman's method: the two rarest nodes get one above them, until all are one tree. */
static unsigned make_tree(const size_t *counts, struct node *nodes)
{
	unsigned n = BYTES;

	for (unsigned i = 0; i < BYTES; i++)
		nodes[i] = (struct node){counts[i], 0};
	for (;; n++) {
		unsigned a = rarest(nodes, n), b;

		nodes[a].above = n;
		b = rarest(nodes, n);
		if (b == n) {
			nodes[a].above = 0;
			return a;
		}
		nodes[b].above = n;
		nodes[n] = (struct node){nodes[a].count + nodes[b].count, 0};
	}
}

/* False if a code would be too long. */
static bool measure(const size_t *counts, unsigned char *lengths)
{
	struct node nodes[2 * BYTES];
	unsigned top = make_tree(counts, nodes);

	for (unsigned i = 0; i < BYTES; i++) {
		unsigned length = 0;

		for (unsigned at = i; counts[i] > 0 && at != top; at = nodes[at].above)
			length++;
		if (length > CODE_MOST)
			return false;
		lengths[i] = (unsigned char)length;
	}
	return true;
}

/* Rare bytes have the longest codes: counts that differ less make these shorter. */
static void make_code(size_t *counts, unsigned char *lengths)
{
	unsigned different = 0;

	for (unsigned i = 0; i < BYTES; i++)
		different += counts[i] > 0;
	/* A code of less than two bytes would not be complete. */
	for (unsigned i = 0; different < 2; i++) {
		different += counts[i] == 0;
		counts[i]++;
	}
	while (!measure(counts, lengths)) {
		for (unsigned i = 0; i < BYTES; i++)
			counts[i] = (counts[i] + 1) / 2;
	}
}

void make_codes(const struct typed *bytes, size_t n, struct lengths *lengths)
{
	static size_t counts[KINDS][BYTES];

	memset(counts, 0, sizeof(counts));
	for (size_t i = 0; i < n; i++)
		counts[bytes[i].kind][bytes[i].byte]++;
	for (unsigned kind = 0; kind < KINDS; kind++)
		make_code(counts[kind], lengths->of[kind]);
}

/* Bits on their way to whole bytes. */
struct bits {
	unsigned char *to;
	unsigned long waiting;
	unsigned count; /* that wait; less than 8 */
};

static void put_bits(struct bits *b, unsigned value, unsigned count)
{
	b->waiting = b->waiting << count | value;
	for (b->count += count; b->count >= 8; *b->to++ = (unsigned char)(b->waiting >> b->count))
		b->count -= 8;
}

static void put_lengths(struct bits *b, const unsigned char *lengths)
{
	for (unsigned i = 0, same; i < BYTES; i += same) {
		for (same = 1; i + same < BYTES && lengths[i + same] == lengths[i];)
			same++;
		put_bits(b, lengths[i], 4);
		for (unsigned left = same - 1; left > 0;) {
			unsigned again = 4;

			while (again > 0 && left < 1u << again)
				again--;
			left -= again == 0 ? 1 : 1u << again;
			put_bits(b, again == 0 ? lengths[i] : AGAIN + again - 1, 4);
		}
	}
}

/* The codes in their order: shorter ones first, then by byte. */
static void number_codes(const unsigned char *lengths, unsigned *codes)
{
	unsigned code = 0;

	for (unsigned length = 1; length <= CODE_MOST; length++, code <<= 1) {
		for (unsigned i = 0; i < BYTES; i++) {
			if (lengths[i] == length)
				codes[i] = code++;
		}
	}
}

unsigned char *put_codes(unsigned char *to, const struct lengths *lengths, unsigned kinds,
			 const struct typed *bytes, size_t n)
{
	unsigned codes[KINDS][BYTES];
	struct bits b = {to, 0, 0};

	for (unsigned kind = 0; kind < kinds; kind++) {
		put_lengths(&b, lengths->of[kind]);
		number_codes(lengths->of[kind], codes[kind]);
	}
	for (size_t i = 0; i < n; i++)
		put_bits(&b, codes[bytes[i].kind][bytes[i].byte],
			 lengths->of[bytes[i].kind][bytes[i].byte]);
	put_bits(&b, 0, -b.count % 8);
	return b.to;
}
