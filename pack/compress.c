/* Packs standard input to standard output as UEFI packs (specification, 19.2 to 19.4), and unpacks
 * with -d. It takes its time, as it runs once and every boot reads the result. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "pack/code.h"
#include "pack/expand.h"
#include "pack/parse.h"

/* Each block has codes of its own. It is so many chunks of so many steps, and has 16 bits to tell
 * the number of its steps. */
#define CHUNK       512
#define BLOCK_MOST  (UINT16_MAX / CHUNK)
#define CHUNKS_MOST (INPUT_MOST / CHUNK)

/* Steps are chosen by what the codes cost, and codes are made for the steps: in turns. */
#define ROUNDS 6

/* What a symbol is taken to cost that did not occur the last time, in bits. */
#define UNUSED_BITS 13

struct block {
	size_t from, to; /* steps */
	struct code symbols, places;
};

static unsigned char input[INPUT_MOST + 1];
static size_t input_size;

static struct step steps[INPUT_MOST];
static size_t step_count;
static size_t step_at[INPUT_MOST + 1]; /* where each begins in the input */

static struct block blocks[CHUNKS_MOST + 1];
static size_t block_count;

static struct costs block_costs[CHUNKS_MOST + 1];
static const struct costs *costs[INPUT_MOST];

/* Two bytes for each of the input's: more than ever come out. */
static unsigned char streams[2][2 * INPUT_MOST + PACKED_HEADER];

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t symbol_of(size_t i)
{
	return steps[i].length == 1 ? input[step_at[i]] : 256U + steps[i].length - MATCH_LEAST;
}

static void block_begin(struct block *block, size_t from)
{
	memset(block, 0, sizeof(*block));
	block->from = block->to = from;
	block->symbols.symbols = SYMBOLS;
	block->places.symbols = PLACES;
}

static void block_add(struct block *block, size_t count)
{
	for (size_t end = block->to + count; block->to < end; block->to++) {
		block->symbols.count[symbol_of(block->to)]++;
		if (steps[block->to].length > 1)
			block->places.count[place_of(steps[block->to].distance)]++;
	}
}

/* What stands before the steps; makes the codes too. */
static void block_put_head(struct bits *bits, struct block *block)
{
	code_make(&block->symbols);
	code_make(&block->places);
	bits_put(bits, (unsigned)(block->to - block->from), 16);
	code_tell_symbols(bits, &block->symbols);
	code_tell_places(bits, &block->places);
}

/* The bits of all of it. */
static size_t block_bits(struct block *block)
{
	struct bits bits = {0};

	block_put_head(&bits, block);
	for (size_t i = 0; i < SYMBOLS; i++)
		bits.n += (size_t)block->symbols.count[i] * block->symbols.length[i];
	for (unsigned i = 0; i < PLACES; i++)
		bits.n +=
			(size_t)block->places.count[i] * (block->places.length[i] + place_bits(i));
	return bits.n;
}

static void block_put(struct bits *bits, struct block *block)
{
	block_put_head(bits, block);
	for (size_t i = block->from; i < block->to; i++) {
		unsigned distance = steps[i].distance;

		code_put(bits, &block->symbols, symbol_of(i));
		if (steps[i].length == 1)
			continue;
		code_put(bits, &block->places, place_of(distance));
		bits_put(bits, distance - 1, place_bits(place_of(distance)));
	}
}

/* Divides the steps into the blocks that make the fewest bits: the best for all chunks before a
 * point is the best for those before its last block, and that block. */
static void cut(void)
{
	static struct {
		size_t bits, from;
	} best[CHUNKS_MOST + 1];
	static struct block block;
	size_t chunks = (step_count + CHUNK - 1) / CHUNK;

	for (size_t i = 1; i <= chunks; i++)
		best[i].bits = SIZE_MAX;
	for (size_t from = 0; from < chunks; from++) {
		block_begin(&block, from * CHUNK);
		for (size_t to = from + 1; to <= least(chunks, from + BLOCK_MOST); to++) {
			block_add(&block, least(CHUNK, step_count - block.to));
			size_t bits = best[from].bits + block_bits(&block);

			if (bits < best[to].bits) {
				best[to].bits = bits;
				best[to].from = from;
			}
		}
	}
	block_count = 0;
	for (size_t to = chunks; to > 0; to = best[to].from)
		block_count++;
	for (size_t to = chunks, i = block_count; i > 0; to = best[to].from) {
		block_begin(&blocks[--i], best[to].from * CHUNK);
		block_add(&blocks[i], least(to * CHUNK, step_count) - blocks[i].to);
	}
}

static void price_code(const struct code *code, unsigned *cost)
{
	size_t used = 0;

	for (size_t i = 0; i < code->symbols; i++)
		used += code->count[i] != 0;
	for (size_t i = 0; i < code->symbols; i++)
		cost[i] = code->length[i] != 0 || (used == 1 && code->count[i] != 0)
				  ? code->length[i]
				  : UNUSED_BITS;
}

/* What a step costs from each byte of the input, after the codes of the block that it is in. */
static void price(void)
{
	for (size_t b = 0; b < block_count; b++) {
		price_code(&blocks[b].symbols, block_costs[b].symbol);
		price_code(&blocks[b].places, block_costs[b].place);
		for (unsigned i = 0; i < PLACES; i++)
			block_costs[b].place[i] += place_bits(i);
		for (size_t i = step_at[blocks[b].from]; i < step_at[blocks[b].to]; i++)
			costs[i] = &block_costs[b];
	}
}

/* Before there are codes: about what they cost in programs. */
static void price_first(void)
{
	for (size_t i = 0; i < SYMBOLS; i++)
		block_costs[0].symbol[i] = 8;
	for (unsigned i = 0; i < PLACES; i++)
		block_costs[0].place[i] = 3 + place_bits(i);
	for (size_t i = 0; i < input_size; i++)
		costs[i] = &block_costs[0];
}

static void put_size(unsigned char *to, size_t size)
{
	for (int i = 0; i < 4; i++)
		to[i] = (unsigned char)(size >> 8 * i);
}

/* One round; gives the bytes that it put into STREAM, which is all zeros. */
static size_t compress(unsigned char *stream)
{
	struct bits bits = {.bytes = stream + PACKED_HEADER};
	size_t bytes;

	step_count = parse(input, input_size, costs, steps);
	for (size_t i = 0; i < step_count; i++)
		step_at[i + 1] = step_at[i] + steps[i].length;
	cut();
	for (size_t i = 0; i < block_count; i++)
		block_put(&bits, &blocks[i]);
	price();
	bytes = (bits.n + 7) / 8;
	put_size(stream, bytes);
	put_size(stream + 4, input_size);
	return PACKED_HEADER + bytes;
}

static int failed(const char *how)
{
	fprintf(stderr, "compress: %s\n", how);
	return 1;
}

static int put_out(const void *bytes, size_t n)
{
	return fwrite(bytes, 1, n, stdout) == n && fflush(stdout) == 0
		       ? 0
		       : failed("the output cannot be written");
}

static int pack(void)
{
	size_t best_size = SIZE_MAX;
	int best = 0;

	price_first();
	for (int round = 0; round < ROUNDS; round++) {
		memset(streams[!best], 0, sizeof(*streams));
		size_t size = compress(streams[!best]);

		if (size < best_size) {
			best_size = size;
			best = !best;
		}
	}
	return put_out(streams[best], best_size);
}

static int unpack(void)
{
	size_t size = expand_size(input, input_size);

	if (size > sizeof(*streams) || !expand(input, input_size, streams[0]))
		return failed("the input is damaged");
	return put_out(streams[0], size);
}

int main(int argc, char **argv)
{
	bool back = argc == 2 && strcmp(argv[1], "-d") == 0;

	if (argc > 1 && !back)
		return failed("nothing but -d, to unpack, is known");
	input_size = fread(input, 1, sizeof(input), stdin);
	if (ferror(stdin))
		return failed("the input cannot be read");
	if (input_size > INPUT_MOST)
		return failed("the input is larger than 1048576 bytes");
	return back ? unpack() : pack();
}
