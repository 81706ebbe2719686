/* Calls that name places, and distances again. */
#include "base/bytes.h"
#include "pack/calls.h"
#include "test/unit/test.h"

#define ARM_CALL 0x94000000u

static void put(unsigned char *to, uint32_t n)
{
	le32 bytes = to_le32(n);

	memcpy(to, &bytes, sizeof(bytes));
}

static uint32_t get(const unsigned char *from)
{
	le32 bytes;

	memcpy(&bytes, from, sizeof(bytes));
	return get_le32(bytes);
}

/* Two calls of the function at 16, one of them from before it. */
static void test_x86_64_calls_of_one_function_are_alike(void **state)
{
	(void)state;
	unsigned char code[64] = {0};

	code[0] = code[40] = 0xe8;
	put(code + 1, 16 - 5);
	put(code + 41, (uint32_t)(16 - 45));
	x86_64_calls(code, sizeof(code), PLACES);
	assert_int_equal(get(code + 1), 16);
	assert_int_equal(get(code + 41), 16);
	assert_int_equal(code[0], 0xe8);
	x86_64_calls(code, sizeof(code), DISTANCES);
	assert_int_equal(get(code + 1), 16 - 5);
	assert_int_equal(get(code + 41), (uint32_t)(16 - 45));
}

/* Every place that a call may be at, and distances on both sides of each bound. */
static void test_x86_64_whatever_it_was_comes_back(void **state)
{
	(void)state;
	static const int32_t near[] = {0, 1, -1, 64, -64, INT32_MAX, INT32_MIN, 0x00e8e8e8};

	for (int at = 0; at + 5 <= 64; at++) {
		for (size_t i = 0; i < sizeof(near) / sizeof(*near); i++) {
			for (int off = -70; off <= 70; off++) {
				unsigned char code[64], before[64];

				memset(code, 0x90, sizeof(code));
				code[at] = 0xe8;
				put(code + at + 1, (uint32_t)near[i] + (uint32_t)off);
				memcpy(before, code, sizeof(code));
				x86_64_calls(code, sizeof(code), PLACES);
				x86_64_calls(code, sizeof(code), DISTANCES);
				assert_memory_equal(code, before, sizeof(code));
			}
		}
	}
}

static void test_aarch64_calls_of_one_function_are_alike(void **state)
{
	(void)state;
	unsigned char code[64] = {0};

	put(code, ARM_CALL | 4);
	put(code + 40, ARM_CALL | ((4 - 10) & 0x03ffffff));
	put(code + 44, 0x17ffffff); /* a branch that is no call */
	aarch64_calls(code, sizeof(code), PLACES);
	assert_int_equal(get(code), ARM_CALL | 4);
	assert_int_equal(get(code + 40), ARM_CALL | 4);
	assert_int_equal(get(code + 44), 0x17ffffff);
	aarch64_calls(code, sizeof(code), DISTANCES);
	assert_int_equal(get(code + 40), ARM_CALL | ((4 - 10) & 0x03ffffff));
}

/* ADR x0, to the byte 34 of the code: from before it, and from behind it with another register. */
static void test_aarch64_addresses_of_one_thing_are_alike(void **state)
{
	(void)state;
	unsigned char code[64] = {0};
	const uint32_t forth = 0x10000000u | (34 - 8) % 4 << 29 | (34 - 8) / 4 << 5;
	const uint32_t back =
		0x10000001u | ((34 - 48) & 3u) << 29 | ((34 - 48) >> 2 & 0x7ffff) << 5;
	const uint32_t place = 0x10000000u | 34 % 4 << 29 | 34 / 4 << 5;

	put(code + 8, forth);
	put(code + 48, back);
	put(code + 52, 0x90000000u); /* ADRP, which counts pages */
	aarch64_calls(code, sizeof(code), PLACES);
	assert_int_equal(get(code + 8), place);
	assert_int_equal(get(code + 48), place | 1);
	assert_int_equal(get(code + 52), 0x90000000u);
	aarch64_calls(code, sizeof(code), DISTANCES);
	assert_int_equal(get(code + 8), forth);
	assert_int_equal(get(code + 48), back);
}

/* Bytes in which the word CALL and then a small number are frequent, in pieces of every length. The
 * rest of the buffer stays. */
static void whatever_it_was_comes_back(calls_fn *calls, uint32_t call)
{
	static unsigned char code[4096], before[4096];
	uint32_t random = 1;

	for (size_t i = 0; i + 4 <= sizeof(code); i += 4) {
		random = random * 1664525 + 1013904223;
		put(code + i, i % 8 == 0 && random >> 30 == 0 ? call
			      : i % 8 != 0                    ? random >> 20
							      : random);
	}
	memcpy(before, code, sizeof(code));
	for (size_t n = 0; n < sizeof(code); n++) {
		calls(code, n, PLACES);
		assert_memory_equal(code + n, before + n, sizeof(code) - n);
		calls(code, n, DISTANCES);
		assert_memory_equal(code, before, sizeof(code));
	}
	calls(code, sizeof(code), PLACES);
	assert_memory_not_equal(code, before, sizeof(code));
	calls(code, sizeof(code), DISTANCES);
}

static void test_any_bytes_come_back(void **state)
{
	(void)state;
	whatever_it_was_comes_back(x86_64_calls, 0xe8000000);
	whatever_it_was_comes_back(aarch64_calls, ARM_CALL);
	whatever_it_was_comes_back(aarch64_calls, 0x10000000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_x86_64_calls_of_one_function_are_alike),
		cmocka_unit_test(test_x86_64_whatever_it_was_comes_back),
		cmocka_unit_test(test_aarch64_calls_of_one_function_are_alike),
		cmocka_unit_test(test_aarch64_addresses_of_one_thing_are_alike),
		cmocka_unit_test(test_any_bytes_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
