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

static unsigned char *put_size(unsigned char *to, size_t size)
{
	le32 bytes = to_le32((uint32_t)size);

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

/* Writes one sequence: N literals, then the match, unless its length is 0. */
static unsigned char *put_sequence(unsigned char *to, const unsigned char *literals, size_t n,
				   struct step match)
{
	size_t length = match.length == 0 ? 0 : match.length - MATCH_LEAST;
	unsigned back = match.distance - 1, high = back < DISTANCE_NEAR ? back >> 8 : FAR;

	*to++ = (unsigned char)(three_bits(n) << 5 | three_bits(length) << 2 | (high & FAR));
	to = put_more(to, n);
	memcpy(to, literals, n);
	to += n;
	if (match.length == 0)
		return to;
	*to++ = (unsigned char)back;
	if (high == FAR)
		*to++ = (unsigned char)(back >> 8);
	return put_more(to, length);
}

static unsigned char *put_sequences(unsigned char *to, size_t n)
{
	size_t count = parse(input, n, steps), at = 0, literals = 0;

	for (size_t i = 0; i < count; at += steps[i++].length) {
		if (steps[i].length == 1) {
			literals++;
			continue;
		}
		to = put_sequence(to, input + at - literals, literals, steps[i]);
		literals = 0;
	}
	return literals > 0 ? put_sequence(to, input + at - literals, literals, (struct step){0})
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

static int pack(size_t n)
{
	unsigned char *end;

	if (n > INPUT_MOST)
		return failed("the input is larger than 1048576 bytes");
	end = put_sequences(output + PACKED_HEADER, n);
	memset(end, 0, TAIL);
	end += TAIL;
	put_size(put_size(output, (size_t)(end - output) - PACKED_HEADER), n);
	return write_out(output, (size_t)(end - output));
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
