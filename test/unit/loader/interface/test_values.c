/* loader/interface/values.c: text in the firmware's variables. */
#include "base/arena.h"
#include "loader/interface/values.h"
#include "test/unit/memory.h"
#include "test/unit/variables.h"

static struct arena arena;
static struct report report;

static int setup(void **state)
{
	(void)state;
	report = (struct report){0};
	platform_memory = OK;
	platform_forget_all();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	assert_int_equal(memory_used, 0);
	return 0;
}

#define DECODE(text, literal) value_decode(&arena, literal, sizeof(literal) - 1, text)

static void assert_text(struct str text, const char *is)
{
	assert_int_equal(text.n, strlen(is));
	assert_memory_equal(text.p, is, text.n);
}

static void text_may_end_with_a_nul(void **state)
{
	struct str text;

	(void)state;
	assert_int_equal(DECODE(&text, "a\0b\0\0\0"), OK);
	assert_text(text, "ab");
	assert_int_equal(DECODE(&text, "a\0b\0"), OK);
	assert_text(text, "ab");
	assert_int_equal(DECODE(&text, "\xe9\0\xac\x20\x3d\xd8\x00\xde"), OK);
	assert_text(text, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
}

static void what_is_no_text_is_refused(void **state)
{
	struct str text = S("untouched");

	(void)state;
	assert_int_equal(DECODE(&text, ""), E_CORRUPT);
	assert_int_equal(DECODE(&text, "\0\0"), E_CORRUPT);
	assert_int_equal(DECODE(&text, "a"), E_CORRUPT);
	assert_int_equal(DECODE(&text, "a\0b"), E_CORRUPT);
	assert_int_equal(DECODE(&text, "a\0\0\0b\0\0\0"), E_CORRUPT);
	assert_int_equal(DECODE(&text, "a\0\0\0\0\0"), E_CORRUPT);
	assert_int_equal(DECODE(&text, "a\0\x1b\0"), E_CORRUPT);
	assert_int_equal(DECODE(&text, "\x3d\xd8\0\0"), E_CORRUPT);
	assert_int_equal(DECODE(&text, "\x00\xde\x3d\xd8"), E_CORRUPT);
	assert_text(text, "untouched");
}

static void the_longest_text_is_read_and_no_longer_one(void **state)
{
	le16 units[VALUE_READ + 2];
	struct report scratch = {0};
	struct str text;

	(void)state;
	memset(units, 0x20, sizeof(units));
	units[VALUE_READ] = (le16){{0, 0}};
	assert_int_equal(value_decode(&arena, units, 2 * (VALUE_READ + 1), &text), OK);
	assert_int_equal(text.n, 3 * VALUE_READ);
	units[VALUE_READ] = units[0];
	assert_int_equal(value_decode(&arena, units, 2 * (VALUE_READ + 1), &text), E_LIMIT);
	assert_int_equal(
		platform_set(VENDOR_LOADER, "X", KEEP_FOR_EVER, units, sizeof(units), &scratch),
		OK);
	assert_int_equal(value_get(&arena, "X", &text), E_LIMIT);
	assert_int_equal(value_get(&arena, "Y", &text), E_NOT_FOUND);
}

static void texts_are_written_with_a_nul_each(void **state)
{
	const struct str texts[] = {S("a"), S("bc")};

	(void)state;
	assert_int_equal(value_set("X", KEEP_TILL_RESET, texts, 2, &report), OK);
	assert_string_equal(value_of("X"), "a|bc|");
	assert_string_equal(platform_variables, "X ");
}

static void what_finds_no_room_is_left_out_as_a_whole(void **state)
{
	static char big[VALUE_WRITE / 2 - 3];
	struct str texts[3] = {{big, sizeof(big)}, S("ab"), S("c")};
	static le16 units[VALUE_WRITE];
	size_t bytes;

	(void)state;
	memset(big, 'x', sizeof(big));
	assert_int_equal(value_set("X", KEEP_TILL_RESET, texts, 3, &report), OK);
	assert_int_equal(platform_get(VENDOR_LOADER, "X", units, sizeof(units), &bytes), OK);
	assert_int_equal(bytes, VALUE_WRITE - 4);
	texts[0].n--; /* now it has room */
	assert_int_equal(value_set("X", KEEP_TILL_RESET, texts, 3, &report), OK);
	assert_int_equal(platform_get(VENDOR_LOADER, "X", units, sizeof(units), &bytes), OK);
	assert_int_equal(bytes, VALUE_WRITE);
}

static void a_deletion_that_fails_says_nothing(void **state)
{
	(void)state;
	variable("X", "a");
	value_delete("X", &report);
	assert_string_equal(platform_variables, "-+X ");
	platform_memory = E_IO;
	value_delete("X", &report);
	assert_int_equal(report.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text_may_end_with_a_nul, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_text_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(the_longest_text_is_read_and_no_longer_one, setup,
						teardown),
		cmocka_unit_test_setup_teardown(texts_are_written_with_a_nul_each, setup, teardown),
		cmocka_unit_test_setup_teardown(what_finds_no_room_is_left_out_as_a_whole, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_deletion_that_fails_says_nothing, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
