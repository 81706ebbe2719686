/* Packs standard input to standard output in the form of pack/format.h. With -p the input is an EFI
 * program, which is packed as it lies in memory; with -d the input is unpacked. Packing may be
 * slow: it runs once, while every boot reads the result. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "pack/codes.h"
#include "pack/expand.h"
#include "pack/format.h"
#include "pack/layout.h"
#include "pack/parse.h"

/* The most bytes of sequences. Each that has a match takes no more than the bytes it stands for,
 * but literals need one more byte for each 255 of them; and one sequence, the last, may have no
 * match. */
#define TYPED_MOST (2 * INPUT_MOST)

/* The most bytes that packing can produce. */
#define OUTPUT_MOST (TYPED_MOST * CODE_MOST / 8 + PACKED_HEADER + KINDS * BYTES / 2 + TAIL + 1)

static unsigned char input[OUTPUT_MOST + 1], output[OUTPUT_MOST];
static struct step steps[INPUT_MOST];

/* The sequences. */
static struct typed typed[TYPED_MOST];
static size_t typed_count;

/* The unit of programs whose instructions all have four bytes. */
#define WORD 2

/* How often sequences and codes are made for each other: once more saves nothing. */
#define ROUNDS 2

static unsigned char *put_le32(unsigned char *to, size_t n)
{
	le32 bytes = to_le32((uint32_t)n);

	memcpy(to, &bytes, sizeof(bytes));
	return to + sizeof(bytes);
}

static void put_byte(unsigned kind, size_t byte)
{
	typed[typed_count++] = (struct typed){(unsigned char)kind, (unsigned char)byte};
}

/* Tells the part of N that three bits do not hold. */
static void put_more(size_t n)
{
	if (n < MORE)
		return;
	for (n -= MORE; n >= UINT8_MAX; n -= UINT8_MAX)
		put_byte(MORE_BYTE, UINT8_MAX);
	put_byte(MORE_BYTE, n);
}

static void put_distance(struct distance back)
{
	put_byte(back.count == 2 ? FAR_LOW : NEAR_BYTE, back.rest);
	if (back.count == 2)
		put_byte(FAR_HIGH, back.rest >> 8);
}

/* Tells one sequence: N literals, from position AT on, then a match of LENGTH bytes, unless that is
 * 0. */
static void put_sequence(size_t at, size_t n, unsigned unit, size_t length, struct distance back)
{
	put_byte(HEAD, tell_head(n, length, back));
	put_more(n);
	for (; n > 0; n--, at++)
		put_byte(kind_of_literal(at, unit), input[at]);
	if (back.count > 0)
		put_distance(back);
	if (length > 0)
		put_more(length - MATCH_LEAST);
}

static void put_sequences(size_t count, unsigned unit)
{
	size_t at = 0, literals = 0;
	unsigned before = 1;

	typed_count = 0;
	for (size_t i = 0; i < count; at += steps[i++].length) {
		unsigned d = steps[i].distance;

		if (steps[i].length == 1) {
			literals++;
			continue;
		}
		put_sequence(at - literals, literals, unit, steps[i].length,
			     tell_distance(d, unit, before));
		literals = 0;
		before = d;
	}
	if (literals > 0)
		put_sequence(at - literals, literals, unit, 0, (struct distance){0});
}

static int failed(const char *how)
{
	fprintf(stderr, "compress: %s\n", how);
	return 1;
}

static int write_out(const void *bytes, size_t n)
{
	return fwrite(bytes, 1, n, stdout) == n && fflush(stdout) == 0
		       ? 0
		       : failed("cannot write the output");
}

/* Packs the N bytes of the input with units of 1 << UNIT bytes. Returns the number of bytes. The
 * codes are made for the sequences, and these are chosen by what they cost in the codes: first as
 * if each byte had eight bits. */
static size_t pack_with(size_t n, unsigned unit, unsigned char *to)
{
	static struct lengths lengths;
	unsigned char *end;

	memset(&lengths, 8, sizeof(lengths));
	for (unsigned i = 0; i < ROUNDS; i++) {
		put_sequences(parse(input, n, unit, &lengths, steps), unit);
		make_codes(typed, typed_count, &lengths);
	}
	end = put_codes(to + PACKED_HEADER, &lengths, LITERAL + (1u << unit), typed, typed_count);
	memset(end, 0, TAIL);
	end += TAIL;
	put_le32(put_le32(put_le32(to, (size_t)(end - to) - PACKED_HEADER), n), unit);
	return (size_t)(end - to);
}

/* Packs with the unit that makes fewer bytes. */
static int pack(size_t n)
{
	static unsigned char by_words[OUTPUT_MOST];
	size_t bytes, words;

	if (n > INPUT_MOST)
		return failed("the input is larger than 1048576 bytes");
	bytes = pack_with(n, 0, output);
	words = pack_with(n, WORD, by_words);
	return words < bytes ? write_out(by_words, words) : write_out(output, bytes);
}

static int pack_program(size_t n)
{
	size_t size = layout(input, n, output, INPUT_MOST);

	if (size == 0)
		return failed("the input is not an EFI program, or it is too large");
	memcpy(input, output, size);
	return pack(size);
}

static int unpack(size_t n)
{
	size_t size = expand_size(input, n);

	if (size > sizeof(output) - EXPAND_MORE || !expand(input, n, output))
		return failed("the input is damaged");
	return write_out(output, size);
}

int main(int argc, char **argv)
{
	const char *option = argc > 1 ? argv[1] : "";
	int (*todo)(size_t) = strcmp(option, "-d") == 0   ? unpack
			      : strcmp(option, "-p") == 0 ? pack_program
			      : argc == 1                 ? pack
							  : NULL;
	size_t n;

	if (todo == NULL || argc > 2)
		return failed("unknown option: -p packs an EFI program, -d unpacks, none packs any "
			      "bytes");
	n = fread(input, 1, sizeof(input), stdin);
	if (ferror(stdin))
		return failed("cannot read the input");
	return todo(n);
}
