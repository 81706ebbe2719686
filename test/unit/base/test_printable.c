/* base/printable.c: what is shown, what is not, and how wide it is; the C library is asked too. */
#define _XOPEN_SOURCE 700
#include <locale.h>
#include <wchar.h>

#include "base/printable.h"
#include "base/utf8.h"
#include "test/unit/test.h"

static void assert_made(const char *from, const char *want)
{
	char text[128];
	size_t n = strlen(from);

	assert_true(n < sizeof(text));
	memcpy(text, from, n);
	n = printable_make(text, n);
	text[n] = '\0';
	assert_string_equal(text, want);
}

static void what_a_terminal_obeys_is_a_question_mark(void **state)
{
	(void)state;
	assert_made("a\x1b[2Jb\nc\rd\te\x7f", "a?[2Jb?c?d?e?");
	assert_made("\x1b]0;title\x07", "?]0;title?");
	assert_made("a\xc2\x9b"
		    "2J\xc2\x85"
		    "b",
		    "a?2J?b");
}

static void what_is_no_utf8_is_a_question_mark_for_each_byte(void **state)
{
	(void)state;
	assert_made("a\xff\x9b", "a??");
	assert_made("\xc3", "?");
	assert_made("\xed\xa0\x80", "???");          /* a surrogate */
	assert_made("\xc0\xaf", "??");               /* overlong */
	assert_made("\xef\xbf\xbd", "\xef\xbf\xbd"); /* U+FFFD itself is a character */
}

static void what_turns_or_hides_text_is_a_question_mark(void **state)
{
	static const uint32_t hidden[] = {
		0x00ad,  0x034f,  0x061c,  0x115f,  0x1160,  0x17b4, 0x180e,  0x200b,  0x200c,
		0x200d,  0x200e,  0x200f,  0x2028,  0x2029,  0x202a, 0x202e,  0x2060,  0x2064,
		0x2066,  0x2069,  0x206f,  0x3164,  0xfe00,  0xfe0f, 0xfeff,  0xffa0,  0xfff0,
		0xfff1,  0xfff9,  0xfffb,  0xfffe,  0xffff,  0xfdd0, 0x1d173, 0xe0001, 0xe0020,
		0xe007f, 0xe0100, 0xe01ef, 0x1fffe, 0x10ffff};

	(void)state;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++) {
		char text[4];
		size_t n = printable_make(text, utf8_encode(hidden[i], text));

		if (n != 1 || text[0] != '?')
			print_error("U+%04X is shown\n", hidden[i]);
		assert_int_equal(n, 1);
		assert_int_equal(text[0], '?');
	}
	assert_false(char_is_printable(0x110000));
	assert_false(char_is_printable(0xd800));
}

static void letters_of_all_scripts_are_shown(void **state)
{
	static const char text[] =
		"\u010desky \u00e9 \u03b1 \u0416 \u4e2d\u6587 \ud55c \U0001f427 e\u0301";

	(void)state;
	assert_made(text, text);
}

/* Of a range that ours has more of than the C library: newer, or not assigned. */
static void assert_width(uint32_t c, int library)
{
	if (!char_is_printable(c) || (int)char_width(c) == library)
		return;
	print_error("U+%04X: %u columns, %d says the C library\n", c, char_width(c), library);
	assert_int_equal(char_width(c), library);
}

/* Marks of the scripts that the table leaves out count as one, and U+2630 to U+2637, U+268A to
 * U+268F and U+4DC0 to U+4DFF are wide only since Unicode 16. */
static bool is_known_to_differ(uint32_t c, int library)
{
	return library < 0 || (library == 0 && char_width(c) == 1) ||
	       (c >= 0x2630 && c <= 0x2637) || (c >= 0x268a && c <= 0x268f) ||
	       (c >= 0x4dc0 && c <= 0x4dff);
}

static void widths_are_those_of_the_c_library(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	for (uint32_t c = 0x20; c < 0x10000; c++) {
		int library = wcwidth((wchar_t)c);

		if (!is_known_to_differ(c, library))
			assert_width(c, library);
	}
}

static void widths_of_what_titles_are_made_of(void **state)
{
	static const struct {
		uint32_t c;
		unsigned width;
	} cases[] = {
		{'a', 1},    {0xe9, 1},   {0x10d, 1},  {0x301, 0},   {0x4e2d, 2},  {0xac00, 2},
		{0xff21, 2}, {0x3042, 2}, {0x0e48, 0}, {0x1f427, 2}, {0x20000, 2}, {0x2500, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(char_width(cases[i].c), cases[i].width);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_terminal_obeys_is_a_question_mark),
		cmocka_unit_test(what_is_no_utf8_is_a_question_mark_for_each_byte),
		cmocka_unit_test(what_turns_or_hides_text_is_a_question_mark),
		cmocka_unit_test(letters_of_all_scripts_are_shown),
		cmocka_unit_test(widths_are_those_of_the_c_library),
		cmocka_unit_test(widths_of_what_titles_are_made_of),
	};

	return cmocka_run_group_tests_name("printable", tests, NULL, NULL);
}
