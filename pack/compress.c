/* Packs standard input to standard output in the form of pack/format.h. With -p the input is an EFI
 * program, which is packed as it lies in memory; with -d the input is unpacked. Packing may be
 * slow: it runs once, while every boot reads the result. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "pack/expand.h"
#include "pack/format.h"
#include "pack/layout.h"
#include "pack/parse.h"

/* The most bytes that packing can produce. Every sequence with a match takes less than the bytes it
 * stands for, but literals need one more byte for each 255 of them; and one sequence, the last, may
 * have no match. */
#define OUTPUT_MOST (INPUT_MOST + INPUT_MOST / UINT8_MAX + PACKED_HEADER + TAIL + 2)

static unsigned char input[OUTPUT_MOST + 1], output[OUTPUT_MOST];
static struct step steps[INPUT_MOST];

/* The unit of programs whose instructions all have four bytes. */
#define WORD 2

static unsigned char *put_le32(unsigned char *to, size_t n)
{
	le32 bytes = to_le32((uint32_t)n);

	memcpy(to, &bytes, sizeof(bytes));
	return to + sizeof(bytes);
}

static unsigned three_bits(size_t n)
{
	return n < MORE ? (unsigned)n : MORE;
}

/* Writes the part of N that three bits do not hold. */
static unsigned char *put_more(unsigned char *to, size_t n)
{
	if (n < MORE)
		return to;
	for (n -= MORE; n >= UINT8_MAX; n -= UINT8_MAX)
		*to++ = UINT8_MAX;
	*to++ = (unsigned char)n;
	return to;
}

/* Writes one sequence: N literals, then a match of LENGTH bytes, unless that is 0. */
static unsigned char *put_sequence(unsigned char *to, const unsigned char *literals, size_t n,
				   size_t length, struct distance back)
{
	size_t more = length == 0 ? 0 : length - MATCH_LEAST;

	*to++ = (unsigned char)(three_bits(n) << 5 | three_bits(more) << 2 | back.bits);
	to = put_more(to, n);
	memcpy(to, literals, n);
	to += n;
	for (; back.count > 0; back.count--, back.rest >>= 8)
		*to++ = (unsigned char)back.rest;
	return put_more(to, more);
}

static unsigned char *put_sequences(unsigned char *to, size_t n, unsigned unit)
{
	size_t count = parse(input, n, unit, steps), at = 0, literals = 0;
	unsigned before = 1;

	for (size_t i = 0; i < count; at += steps[i++].length) {
		unsigned d = steps[i].distance;

		if (steps[i].length == 1) {
			literals++;
			continue;
		}
		to = put_sequence(to, input + at - literals, literals, steps[i].length,
				  tell_distance(d, unit, before));
		literals = 0;
		before = d;
	}
	return literals > 0
		       ? put_sequence(to, input + at - literals, literals, 0, (struct distance){0})
		       : to;
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

/* Packs the N bytes of the input with units of 1 << UNIT bytes. Returns the number of bytes. */
static size_t pack_with(size_t n, unsigned unit, unsigned char *to)
{
	unsigned char *end = put_sequences(to + PACKED_HEADER, n, unit);

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
