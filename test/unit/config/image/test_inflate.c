/* config/image/inflate.c: streams that no compressor writes. What zlib writes is in
 * test/config/test_gzip.py. Numbers in comments are sections of RFC 1951. */
#include "config/image/inflate.h"

#include <stdbool.h>
#include <stdlib.h>

#include "test/unit/test.h"

/* Packed bytes while they are written: bits go in from the lowest of each byte on. */
static uint8_t packed[40000];
static size_t bits;

static int setup(void **state)
{
	(void)state;
	memset(packed, 0, sizeof(packed));
	bits = 0;
	return 0;
}

/* A number: 3.1.1. */
static void put(unsigned value, unsigned n)
{
	for (unsigned i = 0; i < n; i++, bits++)
		packed[bits / 8] |= (uint8_t)((i < 32 ? value >> i & 1 : 0) << bits % 8);
}

/* A Huffman code, which goes in from its highest bit on. */
static void put_code(unsigned code, unsigned n)
{
	while (n-- > 0)
		put(code >> n & 1, 1);
}

/* A symbol of the fixed code: 3.2.6. */
static void put_fixed(unsigned symbol)
{
	if (symbol < 144)
		put_code(0x30 + symbol, 8);
	else if (symbol < 256)
		put_code(0x190 + symbol - 144, 9);
	else if (symbol < 280)
		put_code(symbol - 256, 7);
	else
		put_code(0xc0 + symbol - 280, 8);
}

static void put_header(bool last, unsigned type)
{
	put(last, 1);
	put(type, 2);
}

static char made[1024];

/* Unpacks what was written, of which the first N bytes are there, into ROOM bytes. Both lie where
 * ASan sees every step beside them. */
static size_t unpack_part(size_t n, size_t room)
{
	uint8_t *from = malloc(n), *to = malloc(room);
	struct inflate in = {.from = from, .end = from + n, .to = to, .room = room};

	memcpy(from, packed, n);
	inflate(&in);
	assert_true(in.made <= room && in.from <= in.end);
	memset(made, 0, sizeof(made));
	memcpy(made, to, in.made < sizeof(made) ? in.made : sizeof(made) - 1);
	free(from);
	free(to);
	return in.made;
}

static size_t unpack(void)
{
	return unpack_part((bits + 7) / 8, 1000);
}

static void a_copy_may_overlap_what_it_makes(void **state)
{
	(void)state;
	put_header(true, 1);
	put_fixed('a');
	put_fixed('b');
	put_fixed(261); /* 7 bytes */
	put_code(1, 5); /* from 2 back */
	put_fixed(256);
	assert_int_equal(unpack(), 9);
	assert_string_equal(made, "ababababa");
}

static void the_longest_length_has_a_symbol_of_its_own(void **state)
{
	(void)state;
	put_header(true, 1);
	put_fixed('x');
	put_fixed(285);
	put_code(0, 5);
	put_fixed(256);
	assert_int_equal(unpack(), 259);
}

/* Symbol 284 with all its bits set says 258 too. */
static void and_can_be_said_in_another_way(void **state)
{
	(void)state;
	put_header(true, 1);
	put_fixed('x');
	put_fixed(284);
	put(31, 5);
	put_code(0, 5);
	put_fixed(256);
	assert_int_equal(unpack(), 259);
}

static void a_distance_before_the_beginning_ends_it(void **state)
{
	(void)state;
	put_header(true, 1);
	put_fixed('a');
	put_fixed(257);
	put_code(1, 5); /* from 2 back: there is one */
	put_fixed('b');
	put_fixed(256);
	assert_int_equal(unpack(), 1);
}

static void symbols_without_a_meaning_end_it(void **state)
{
	(void)state;
	for (unsigned symbol = 286; symbol < 288; symbol++) {
		setup(NULL);
		put_header(true, 1);
		put_fixed('a');
		put_fixed(symbol);
		put(0, 32);
		assert_int_equal(unpack(), 1);
	}
	for (unsigned distance = 30; distance < 32; distance++) {
		setup(NULL);
		put_header(true, 1);
		put_fixed('a');
		put_fixed(257);
		put_code(distance, 5);
		put(0, 32);
		assert_int_equal(unpack(), 1);
	}
}

static void blocks_of_no_kind_end_it(void **state)
{
	(void)state;
	put_header(true, 3);
	put(0, 64);
	assert_int_equal(unpack(), 0);
}

static void put_stored(bool last, const char *text, unsigned n, unsigned inverse)
{
	put_header(last, 0);
	bits = (bits + 7) / 8 * 8;
	put(n, 16);
	put(inverse, 16);
	for (size_t i = 0; i < strlen(text); i++)
		put((uint8_t)text[i], 8);
}

static void blocks_that_are_stored_follow_each_other(void **state)
{
	(void)state;
	put_stored(false, "one ", 4, 0xfffb);
	put_stored(false, "", 0, 0xffff);
	put_header(false, 1);
	put_fixed('t');
	put_fixed('o');
	put_fixed(256);
	put_stored(true, " three", 6, 0xfff9);
	put_stored(true, " four", 5, 0xfffa);
	assert_int_equal(unpack(), 12);
	assert_string_equal(made, "one to three");
}

static void a_stored_block_whose_length_is_wrong_ends_it(void **state)
{
	(void)state;
	put_stored(true, "text", 4, 0xfffc);
	assert_int_equal(unpack(), 0);
}

static void a_stored_block_gives_what_is_there(void **state)
{
	(void)state;
	put_stored(true, "text", 0xffff, 0);
	assert_int_equal(unpack(), 4);
	assert_int_equal(unpack_part((bits + 7) / 8, 3), 3);
	assert_int_equal(unpack_part(4, 3), 0); /* the length itself is cut off */
}

/* A block with codes of its own, up to the lengths of the code that says them: 3.2.7. */
static void put_lengths(unsigned literals, unsigned distances, const uint8_t of[19])
{
	static const uint8_t order[] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
					11, 4,  12, 3, 13, 2, 14, 1, 15};

	put_header(true, 2);
	put(literals - 257, 5);
	put(distances - 1, 5);
	put(19 - 4, 4);
	for (unsigned i = 0; i < 19; i++)
		put(of[order[i]], 3);
}

/* One code each for the lengths 0, 1, and a long run of zeros: 0, 10, 11. */
static void put_few_lengths(unsigned literals, unsigned distances)
{
	static const uint8_t of[19] = {[1] = 1, [0] = 2, [18] = 2};

	put_lengths(literals, distances, of);
}

static void put_zeros(unsigned n)
{
	put_code(3, 2);
	put(n - 11, 7);
}

static void a_code_of_one_symbol_has_one_bit(void **state)
{
	(void)state;
	put_few_lengths(258, 1);
	put_zeros(138);
	put_zeros(256 - 138);
	put_code(0, 1); /* 256 and 257 have one bit each */
	put_code(0, 1);
	put_code(0, 1); /* and so has the one distance */
	put(1, 1);      /* 3 bytes from 1 back: there is none */
	put(0, 1);
	put(0, 1);
	assert_int_equal(unpack(), 0);
}

static void a_literal_and_the_only_distance(void **state)
{
	static const uint8_t of[19] = {[1] = 2, [2] = 2, [0] = 2, [18] = 2};

	(void)state;
	put_lengths(258, 1, of); /* 0: 00, 1: 01, 2: 10, 18: 11 */
	put_zeros('a');
	put_code(2, 2); /* 'a' has two bits, 256 and 257 have 2 and 1 */
	put_zeros(138);
	put_zeros(256 - 'a' - 1 - 138);
	put_code(2, 2);
	put_code(1, 2);
	put_code(1, 2); /* the distance */
	put_code(2, 2); /* 'a' is 10 */
	put_code(0, 1); /* 3 more, from 1 back */
	put_code(0, 1);
	put_code(3, 2); /* 256 is 11 */
	assert_int_equal(unpack(), 4);
	assert_string_equal(made, "aaaa");
}

/* Lengths of 0 up to symbol FROM, then N of 1, 0 up to symbol UNTIL. */
static void put_run(unsigned from, unsigned n, unsigned until)
{
	put_zeros(from);
	for (unsigned i = 0; i < n; i++)
		put_code(0, 1);
	for (from = until - from - n; from > 138; from -= 120)
		put_zeros(120);
	put_zeros(from);
}

/* 'a' and the end of the block have one bit each, as has distance 0, in a block whose codes have as
 * many LITERALS and DISTANCES; then "aaa". */
static void put_block(unsigned literals, unsigned distances)
{
	put_few_lengths(literals, distances);
	put_run('a', 1, 256);
	put_code(0, 1);
	if (literals > 257)
		put_zeros(literals - 257);
	put_code(0, 1);
	if (distances > 1)
		put_zeros(distances - 1);
	put(8, 4); /* three times 0, and 1 */
}

static void a_block_may_name_as_many_symbols_as_have_a_meaning(void **state)
{
	static const struct {
		unsigned literals, distances, made;
	} cases[] = {{257, 1, 3}, {286, 30, 3}, {287, 30, 0},
		     {288, 1, 0}, {286, 31, 0}, {257, 32, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		setup(NULL);
		put_block(cases[i].literals, cases[i].distances);
		assert_int_equal(unpack(), cases[i].made);
		assert_string_equal(made, cases[i].made > 0 ? "aaa" : "");
	}
	setup(NULL);
	put_block(257, 1);
	packed[0] |= 6; /* a kind of block that there is not, but else right */
	assert_int_equal(unpack(), 0);
}

static void a_code_with_too_many_symbols_of_one_bit_is_none(void **state)
{
	(void)state;
	put_few_lengths(257, 1);
	put_run('a', 3, 257);
	put_code(0, 1);
	put(0, 64);
	assert_int_equal(unpack(), 0);
}

static void a_code_with_room_for_one_more_symbol_is_none(void **state)
{
	static const uint8_t of[19] = {[1] = 2, [2] = 2, [0] = 2, [18] = 2};

	(void)state;
	put_lengths(257, 1, of); /* 0: 00, 1: 01, 2: 10, 18: 11 */
	put_zeros('a');
	put_code(2, 2);
	put_code(2, 2);
	put_zeros(138);
	put_zeros(256 - 'a' - 2 - 138);
	put_code(2, 2); /* 'a', 'b' and the end have two bits each */
	put_code(1, 2);
	put(0, 64);
	assert_int_equal(unpack(), 0);
}

/* The last that has one goes back 24577 bytes, the next would go back 32769. */
static void a_distance_without_a_meaning_ends_it_wherever_it_would_lead(void **state)
{
	(void)state;
	for (unsigned distance = 29; distance < 31; distance++) {
		setup(NULL);
		put_stored(false, "", 36000, 0xffff - 36000);
		bits += 36000 * 8;
		put_header(true, 1);
		put_fixed(257);
		put_code(distance, 5);
		put(0, 13);
		put_fixed(256);
		assert_int_equal(unpack_part((bits + 7) / 8, 40000),
				 distance == 29 ? 36003 : 36000);
	}
}

static void a_code_with_too_many_symbols_is_none(void **state)
{
	static const uint8_t of[19] = {[0] = 1, [1] = 1, [2] = 1};

	(void)state;
	put_lengths(257, 1, of);
	for (unsigned i = 0; i < 200; i++)
		put(0x5a5a, 16);
	assert_int_equal(unpack(), 0);
	setup(NULL);
	put_few_lengths(260, 1);
	for (unsigned i = 0; i < 261; i++)
		put_code(0, 1); /* each literal has one bit */
	put(0, 64);
	assert_int_equal(unpack(), 0);
}

static void a_code_with_too_few_symbols_is_none(void **state)
{
	static const uint8_t of[19] = {[0] = 2, [1] = 2, [2] = 2};

	(void)state;
	put_lengths(257, 1, of);
	put(0, 2000);
	assert_int_equal(unpack(), 0);
}

static void more_symbols_than_there_are_end_it(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		setup(NULL);
		put_few_lengths(i < 2 ? 287 + i : 257, i < 2 ? 1 : 29 + i);
		for (unsigned n = 0; n < 320; n++)
			put_code(2, 2);
		put(0, 64);
		assert_int_equal(unpack(), 0);
	}
}

static void a_repeat_of_nothing_or_too_long_ends_it(void **state)
{
	static const uint8_t of[19] = {[16] = 1, [1] = 1};

	(void)state;
	put_lengths(257, 1, of);
	put_code(1, 1); /* 16 is the higher: repeat the length before, which is none */
	put(0, 2);
	put(0, 600);
	assert_int_equal(unpack(), 0);
	setup(NULL);
	put_few_lengths(257, 1);
	put_zeros(138);
	put_zeros(138); /* 18 too many */
	put(0, 64);
	assert_int_equal(unpack(), 0);
}

static void a_code_of_fifteen_bits_is_found(void **state)
{
	static const uint8_t of[19] = {[0] = 5,  [1] = 4,  [2] = 4,  [3] = 4,  [4] = 4,  [5] = 4,
				       [6] = 4,  [7] = 4,  [8] = 4,  [9] = 4,  [10] = 4, [11] = 4,
				       [12] = 4, [13] = 4, [14] = 4, [15] = 4, [18] = 5};

	(void)state;
	/* Of fifteen codes of 4 bits the first is 0000; the two of 5 bits are 11110 and 11111. */
	put_lengths(257, 1, of);
	for (unsigned i = 1; i <= 15; i++)
		put_code(i - 1, 4); /* literal I - 1 has I bits */
	put_code(31, 5);
	put(138 - 11, 7);
	put_code(31, 5);
	put(256 - 15 - 138 - 11, 7);
	put_code(14, 4); /* 256 has 15, too */
	put_code(30, 5); /* no distance */
	for (unsigned i = 1; i <= 15; i++)
		put_code((1u << i) - 2, i);
	put_code(0x7fff, 15);
	assert_int_equal(unpack(), 15);
	assert_memory_equal(made, "\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16", 15);
	for (size_t n = 0; n < (bits + 7) / 8; n++)
		assert_true(unpack_part(n, 1000) <= 15);
}

static void what_has_no_room_is_not_written(void **state)
{
	(void)state;
	put_header(true, 1);
	put_fixed('x');
	put_fixed(285);
	put_code(0, 5);
	put_fixed('y');
	put_fixed(256);
	for (size_t room = 0; room <= 260; room++)
		assert_int_equal(unpack_part((bits + 7) / 8, room), room == 0    ? 0
								    : room < 259 ? 1
										 : room);
}

/* Each is a stream of its own; most end soon, and all end. */
static void no_bytes_lead_astray(void **state)
{
	uint32_t x = 1;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		for (size_t at = 0; at < 200; at++) {
			x = x * 1664525 + 1013904223;
			packed[at] = (uint8_t)(x >> 24);
		}
		packed[0] = (uint8_t)((packed[0] & ~7) | (i % 2 ? 4 : 2));
		unpack_part(200, 1000);
	}
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_copy_may_overlap_what_it_makes),
		TEST(the_longest_length_has_a_symbol_of_its_own),
		TEST(and_can_be_said_in_another_way),
		TEST(a_distance_before_the_beginning_ends_it),
		TEST(symbols_without_a_meaning_end_it),
		TEST(blocks_of_no_kind_end_it),
		TEST(blocks_that_are_stored_follow_each_other),
		TEST(a_stored_block_whose_length_is_wrong_ends_it),
		TEST(a_stored_block_gives_what_is_there),
		TEST(a_code_of_one_symbol_has_one_bit),
		TEST(a_literal_and_the_only_distance),
		TEST(a_block_may_name_as_many_symbols_as_have_a_meaning),
		TEST(a_code_with_too_many_symbols_of_one_bit_is_none),
		TEST(a_code_with_room_for_one_more_symbol_is_none),
		TEST(a_distance_without_a_meaning_ends_it_wherever_it_would_lead),
		TEST(a_code_with_too_many_symbols_is_none),
		TEST(a_code_with_too_few_symbols_is_none),
		TEST(more_symbols_than_there_are_end_it),
		TEST(a_repeat_of_nothing_or_too_long_ends_it),
		TEST(a_code_of_fifteen_bits_is_found),
		TEST(what_has_no_room_is_not_written),
		TEST(no_bytes_lead_astray),
	};

	return cmocka_run_group_tests_name("inflate", tests, NULL, NULL);
}
