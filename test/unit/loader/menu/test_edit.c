/* loader/menu/edit.c, loader/menu/keys.c and base/utf8.c: from a serial line's bytes to an edited
 * text. */
#include <iconv.h>

#include "base/utf8.h"
#include "loader/console.h"
#include "loader/menu/edit.h"
#include "loader/menu/keys.h"
#include "test/unit/test.h"

#define CTRL(letter) ((letter) - '@')

static char buffer[16];
static struct edit edit;

/* Begins with TEXT, presses the keys up to a 0, and asserts text and cursor: '|' stands in WANT
 * where the cursor should. */
static void check_edit(const char *text, const char *want, const uint32_t *keys)
{
	char got[40];

	edit_begin(&edit, buffer, sizeof(buffer), str_of(text));
	for (; *keys != 0; keys++)
		edit_key(&edit, *keys);
	snprintf(got, sizeof(got), "%.*s|%.*s", (int)edit.cursor, edit.text,
		 (int)(edit.n - edit.cursor), edit.text + edit.cursor);
	assert_string_equal(got, want);
}

#define CHECK_EDIT(text, want, ...) check_edit(text, want, (const uint32_t[]){__VA_ARGS__, 0})

static void typing_inserts_at_the_cursor(void **state)
{
	(void)state;
	CHECK_EDIT("", "ab|", 'a', 'b');
	CHECK_EDIT("ro", "xr|o", KEY_HOME, 'x', KEY_RIGHT);
	CHECK_EDIT("ro", "r |o", KEY_LEFT, ' ');
	CHECK_EDIT("", "\xc3\xa9\xf0\x9f\x90\xa7|", 0xe9, 0x1f427);
}

static void the_cursor_steps_over_whole_characters(void **state)
{
	(void)state;
	CHECK_EDIT("a\xc3\xa9\xe2\x82\xac", "a\xc3\xa9|\xe2\x82\xac", KEY_LEFT);
	CHECK_EDIT("a\xc3\xa9\xe2\x82\xac", "a|\xc3\xa9\xe2\x82\xac", KEY_LEFT, CTRL('B'));
	CHECK_EDIT("a\xc3\xa9", "a\xc3\xa9|", KEY_HOME, KEY_RIGHT, CTRL('F'), KEY_RIGHT);
	CHECK_EDIT("a\xc3\xa9", "|a\xc3\xa9", CTRL('A'), KEY_LEFT);
	CHECK_EDIT("abc", "abc|", KEY_HOME, CTRL('E'));
	CHECK_EDIT("abc", "abc|", KEY_HOME, KEY_END);
	/* Bytes that are no character are stepped over one by one. */
	CHECK_EDIT("a\xff\xfe", "a|\xff\xfe", KEY_LEFT, KEY_LEFT);
	CHECK_EDIT("\xe2\x82", "\xe2|\x82", KEY_HOME, KEY_RIGHT);
}

static void deleting_takes_whole_characters(void **state)
{
	(void)state;
	CHECK_EDIT("a\xe2\x82\xac", "a|", KEY_BACKSPACE);
	CHECK_EDIT("ab", "a|", CTRL('H'));
	CHECK_EDIT("", "|", KEY_BACKSPACE, KEY_DELETE, CTRL('D'), CTRL('W'), CTRL('U'), CTRL('K'));
	CHECK_EDIT("\xe2\x82\xac"
		   "b",
		   "|b", KEY_HOME, KEY_DELETE);
	CHECK_EDIT("ab", "|b", KEY_HOME, CTRL('D'));
	CHECK_EDIT("ab", "ab|", CTRL('D'));
	/* A terminal's Backspace that the firmware took for Delete. */
	CHECK_EDIT("ab", "a|", KEY_DELETE);
}

static void a_shells_control_keys_work(void **state)
{
	(void)state;
	CHECK_EDIT("ro quiet", "ro |", CTRL('W'));
	CHECK_EDIT("ro quiet  ", "ro |", CTRL('W'));
	CHECK_EDIT("ro quiet", "|", CTRL('W'), CTRL('W'), CTRL('W'));
	CHECK_EDIT("ro quiet", "|t", KEY_LEFT, CTRL('U'));
	CHECK_EDIT("ro quiet", "r|", KEY_HOME, KEY_RIGHT, CTRL('K'));
}

static void text_never_grows_past_its_buffer(void **state)
{
	(void)state;
	CHECK_EDIT("0123456789abcde", "0123456789abcdex|", 'x', 'y', 0xe9);
	CHECK_EDIT("0123456789abcde", "0123456789abcde|", 0xe9);
	CHECK_EDIT("0123456789abcde\xc3\xa9", "0123456789abcde|", KEY_UP);
	assert_false(edit_key(&edit, 0x1f427));
}

static void keys_that_mean_nothing_are_told(void **state)
{
	(void)state;
	edit_begin(&edit, buffer, sizeof(buffer), S("a"));
	const uint32_t keys[] = {KEY_UP, KEY_ENTER, KEY_ESCAPE, '\t',
				 0x85,   0xd800,    0x7f,       UINT32_MAX};
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		assert_false(edit_key(&edit, keys[i]));
	assert_true(edit_key(&edit, 'b'));
}

/* Decodes TEXT; '.' in it stands for a pause of KEY_GAP_MS. Asserts the keys up to a 0. */
static void check_keys(const char *text, const uint32_t *want)
{
	struct key_decoder d = {0};

	for (const char *p = text; *p != '\0'; p++) {
		uint32_t key = KEY_NONE;

		if (*p != '.')
			key = key_feed(&d, (unsigned char)*p);
		else if (key_pending(&d))
			key = key_flush(&d);
		if (key != KEY_NONE)
			assert_int_equal(key, *want++);
	}
	assert_int_equal(*want, 0);
	assert_false(key_pending(&d));
}

#define CHECK_KEYS(text, ...) check_keys(text, (const uint32_t[]){__VA_ARGS__, 0})

static void sequences_of_a_terminal_become_keys(void **state)
{
	(void)state;
	CHECK_KEYS("\x1b[A\x1b[B\x1b[C\x1b[D", KEY_UP, KEY_DOWN, KEY_RIGHT, KEY_LEFT);
	CHECK_KEYS("\x1b[H\x1b[F\x1bOH\x1bOF\x1bOA", KEY_HOME, KEY_END, KEY_HOME, KEY_END, KEY_UP);
	CHECK_KEYS("\x1b[1~\x1b[7~\x1b[4~\x1b[8~", KEY_HOME, KEY_HOME, KEY_END, KEY_END);
	CHECK_KEYS("\x1b[3~\x1b[5~\x1b[6~", KEY_DELETE, KEY_PAGE_UP, KEY_PAGE_DOWN);
	CHECK_KEYS("\x1b[1;5A\x1b[3;2~", KEY_UP, KEY_DELETE);
	CHECK_KEYS("\x7f\b\r\n", KEY_BACKSPACE, KEY_BACKSPACE, KEY_ENTER, KEY_ENTER);
}

static void a_sequence_that_means_nothing_is_swallowed_whole(void **state)
{
	(void)state;
	CHECK_KEYS("\x1b[99~a", 'a');
	CHECK_KEYS("\x1b[2~a", 'a');
	CHECK_KEYS("\x1b[4294967299~a", 'a');
	CHECK_KEYS("\x1bOPa", 'a');
	CHECK_KEYS("\x1b[Za", 'a');
}

static void a_bare_escape_is_known_by_the_pause(void **state)
{
	(void)state;
	CHECK_KEYS("\x1b.", KEY_ESCAPE);
	CHECK_KEYS("\x1b.e", KEY_ESCAPE, 'e');
	CHECK_KEYS("\x1b\x1b.", KEY_ESCAPE, KEY_ESCAPE);
	CHECK_KEYS("\x1b\x1b[A", KEY_ESCAPE, KEY_UP);
	CHECK_KEYS("\x1bq.", KEY_ESCAPE, 'q');
	CHECK_KEYS("\x1bqr.", KEY_ESCAPE, 'q', 'r');
	CHECK_KEYS("\x1bq\x1b[A", KEY_ESCAPE, 'q', KEY_UP);
	CHECK_KEYS("\x1b[.q", KEY_ESCAPE, 'q');
	CHECK_KEYS("a.b..", 'a', 'b');
}

/* What iconv, which is not ours, makes of the bytes: the character, or 0. */
static uint32_t decode_by_iconv(iconv_t cd, unsigned char *bytes, size_t n)
{
	unsigned char out[8];
	char *from = (char *)bytes, *to = (char *)out;
	size_t room = sizeof(out);

	iconv(cd, NULL, NULL, NULL, NULL);
	if (iconv(cd, &from, &n, &to, &room) == (size_t)-1 || n != 0 || room != 4)
		return 0;
	return (uint32_t)(out[0] | out[1] << 8 | out[2] << 16) | (uint32_t)out[3] << 24;
}

static void utf8_is_what_iconv_says(void **state)
{
	iconv_t cd = iconv_open("UTF-32LE", "UTF-8");
	static const unsigned char tails[] = {0x00, 0x7f, 0x80, 0x8f, 0x90,
					      0x9f, 0xa0, 0xbf, 0xc0, 0xff};

	(void)state;
	for (unsigned i = 0; i < 256u * 10 * 10 * 10 * 4; i++) {
		unsigned char b[4] = {(unsigned char)(i / 4000), tails[i / 400 % 10],
				      tails[i / 40 % 10], tails[i / 4 % 10]};
		size_t n = i % 4 + 1;
		uint32_t want = decode_by_iconv(cd, b, n), c = 0;
		char again[4];

		if (b[0] == 0 || (n > 1 && b[1] == 0))
			continue;
		if (utf8_decode((struct str){(char *)b, n}, &c) != n)
			c = 0;
		assert_int_equal(c, want);
		if (c == 0)
			continue;
		assert_int_equal(utf8_encode(c, again), n);
		assert_memory_equal(again, b, n);
		assert_int_equal(utf8_before((struct str){(char *)b, n}, n), 0);
	}
	iconv_close(cd);
}

static void utf8_is_never_cut_inside_a_character(void **state)
{
	struct str s = S("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7");
	static const size_t want[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};

	(void)state;
	for (size_t n = 0; n < sizeof(want) / sizeof(*want); n++)
		assert_int_equal(utf8_cut(s, n).n, want[n]);
	assert_int_equal(utf8_cut(S("\x80\x80\x80\x80\x80\x80"), 5).n, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typing_inserts_at_the_cursor),
		cmocka_unit_test(the_cursor_steps_over_whole_characters),
		cmocka_unit_test(deleting_takes_whole_characters),
		cmocka_unit_test(a_shells_control_keys_work),
		cmocka_unit_test(text_never_grows_past_its_buffer),
		cmocka_unit_test(keys_that_mean_nothing_are_told),
		cmocka_unit_test(sequences_of_a_terminal_become_keys),
		cmocka_unit_test(a_sequence_that_means_nothing_is_swallowed_whole),
		cmocka_unit_test(a_bare_escape_is_known_by_the_pause),
		cmocka_unit_test(utf8_is_what_iconv_says),
		cmocka_unit_test(utf8_is_never_cut_inside_a_character),
	};

	return cmocka_run_group_tests_name("edit", tests, NULL, NULL);
}
