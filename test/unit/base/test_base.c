/* base/: strings, formatter, report, arena, checksums. */
#include "base/arena.h"
#include "base/crc.h"
#include "base/fmt.h"
#include "base/glob.h"
#include "base/status.h"
#include "base/str.h"
#include "base/utf16.h"
#include "base/utf8.h"
#include "test/unit/memory.h"
#include "test/unit/test.h"

#define CHECK_FMT(...)                                                              \
	do {                                                                        \
		char ours[256] = {0}, theirs[256] = {0};                            \
		size_t n = fmt(ours, sizeof(ours), __VA_ARGS__);                    \
		assert_int_equal(n, snprintf(theirs, sizeof(theirs), __VA_ARGS__)); \
		assert_string_equal(ours, theirs);                                  \
	} while (0)

static void formats_as_printf_does(void **state)
{
	(void)state;
	CHECK_FMT("plain 100%%");
	CHECK_FMT("%d %d %d", 0, -1, 2147483647);
	CHECK_FMT("%u %x %5u|%05u", 7u, 0xbeefu, 42u, 42u);
	CHECK_FMT("%lu %zu %lx", UINT64_MAX, (size_t)0, (uint64_t)0x123456789abcdef);
	CHECK_FMT("%ld %5d|%05d", INT64_MIN, -3, -3);
	CHECK_FMT("%s|%6s|%c", "text", "abc", 'x');
	CHECK_FMT("%.*s|%.*s", 2, "abc", 0, "abc");
	CHECK_FMT("%016lx%08x", (uint64_t)1, 2u);
}

static void format_counts_what_it_cut(void **state)
{
	char buf[4];

	(void)state;
	assert_int_equal(fmt(buf, sizeof(buf), "%s", "123456"), 6);
	assert_memory_equal(buf, "1234", 4);
	assert_int_equal(fmt(NULL, 0, "abc"), 3);
}

static void report_holds_lines(void **state)
{
	struct report r = {0};

	(void)state;
	assert_int_equal(fail(&r, E_IO, "first %d", 1), E_IO);
	size_t mark = report_mark(&r);
	note(&r, "second");
	note(&r, "third");
	assert_int_equal(fail_in(&r, mark, E_LIMIT, "over %s", "these"), E_LIMIT);
	const char *want = "first 1\nover these\n  second\n  third\n";
	assert_int_equal(r.n, strlen(want));
	assert_memory_equal(r.text, want, r.n);
	report_rewind(&r, mark);
	assert_int_equal(r.n, strlen("first 1\n"));
}

static void report_shows_no_control_characters(void **state)
{
	struct report r = {0};

	(void)state;
	note(&r, "a\x1b[2Jb\nc\x7f\xc3\xa9");
	note(&r, "d\xc2\x9b\x9b"
		 "2J\xff\xc3");
	assert_memory_equal(r.text, "a?[2Jb?c?\xc3\xa9\nd??2J??\n", r.n);
	assert_int_equal(r.n, strlen("a?[2Jb?c?\xc3\xa9\nd??2J??\n"));
}

static void fails_to_read(struct report *r, const char *disk, const char *path, const char *why)
{
	size_t mark = report_mark(r);
	enum status status = fail(r, E_CORRUPT, "%s", why);

	status = fail_in(r, mark, status, "%s: cannot read %s", disk, path);
	assert_int_equal(status, E_CORRUPT);
}

static void report_tells_a_reason_once(void **state)
{
	static const char want[] = "vda: cannot read /0\n  bad\n"
				   "vdb: cannot read /a\n  bad\n"
				   "a remark\n"
				   "vda: cannot read /b\n  worse\n"
				   "a remark\n";
	struct report r = {0};
	size_t mark;

	(void)state;
	fails_to_read(&r, "vda", "/0", "bad");
	mark = report_mark(&r);
	fails_to_read(&r, "vda", "/a", "bad");
	fails_to_read(&r, "vdb", "/a", "bad");
	fails_to_read(&r, "vda", "/longer", "bad");
	note(&r, "a remark");
	fails_to_read(&r, "vda", "/b", "worse");
	fails_to_read(&r, "vda", "/c", "bad");
	note(&r, "a remark");
	fails_to_read(&r, "vda", "/d", "worse");
	assert_int_equal(report_fold(&r, mark), 4);
	assert_int_equal(r.n, strlen(want));
	assert_memory_equal(r.text, want, r.n);
	assert_int_equal(report_fold(&r, mark), 0);
	assert_int_equal(report_fold(&r, r.n), 0);
}

/* What is left behind the folded text begins with blanks here and there. */
static void report_tells_a_reason_once_whatever_stood_there_before(void **state)
{
	static const char why[] = "             bad              ";
	struct report r = {0};

	(void)state;
	fails_to_read(&r, "vda", "/a", "bad");
	fails_to_read(&r, "vda", "/b", "bad");
	fails_to_read(&r, "vdb", "/c", why);
	fails_to_read(&r, "vdb", "/d", why);
	assert_int_equal(report_fold(&r, 0), 2);
}

static void report_cuts_a_line_that_never_ends(void **state)
{
	static char endless[3 * LINE_SIZE];
	struct report r = {0};

	(void)state;
	memset(endless, 'x', sizeof(endless));
	note(&r, "%.*s", STR_ARG(((struct str){endless, sizeof(endless)})));
	assert_int_equal(r.n, LINE_SIZE + 1);
	assert_int_equal(r.dropped, 0);
}

static void report_never_overflows(void **state)
{
	struct report r = {0};

	(void)state;
	for (int i = 0; i < 3000; i++) {
		note(&r, "line %d", i);
		if (i % 100 == 0)
			assert_int_equal(fail_in(&r, 0, E_IO, "over %d", i), E_IO);
		assert_true(r.n <= REPORT_SIZE);
	}
	assert_true(r.dropped > 0);
	assert_int_equal(r.text[r.n - 1], '\n');
}

static void report_makes_room_for_what_matters(void **state)
{
	struct report r = {0};
	size_t mark;

	(void)state;
	note(&r, "kept");
	mark = report_mark(&r);
	report_make_room(&r, mark);
	assert_int_equal(r.n, mark);
	while (r.dropped == 0)
		note(&r, "a line that somebody repeats");
	report_make_room(&r, mark);
	assert_int_equal(r.n, mark);
	while (r.dropped < 10)
		note(&r, "a line that somebody repeats");
	report_make_room(&r, report_mark(&r));
	assert_true(REPORT_SIZE - r.n >= REPORT_ROOM && r.n > REPORT_SIZE / 2);
	assert_int_equal(r.text[r.n - 1], '\n');
	assert_int_equal(fail(&r, E_IO, "why"), E_IO);
	assert_memory_equal(r.text + r.n - 4, "why\n", 4);
}

static void strings_are_cut_and_trimmed(void **state)
{
	struct str rest = S(" a b\t|c||d");

	(void)state;
	assert_true(str_eq(str_trim(str_cut(&rest, '|')), S("a b")));
	assert_true(str_eq(str_cut(&rest, '|'), S("c")));
	assert_true(str_eq(str_cut(&rest, '|'), S("")));
	assert_true(str_eq(str_cut(&rest, '|'), S("d")));
	assert_int_equal(rest.n, 0);
	assert_int_equal(str_cut(&rest, '|').n, 0);
	assert_true(str_starts(S("vmlinuz-6"), S("vmlinuz-")));
	assert_false(str_starts(S("vm"), S("vmlinuz")));
	assert_true(str_ends(S("a.conf"), S(".conf")));
	assert_false(str_ends(S("conf"), S(".conf")));
}

static void numbers_are_read_or_refused(void **state)
{
	uint64_t n = 7;

	(void)state;
	assert_true(str_u64(S("18446744073709551615"), &n));
	assert_int_equal(n, UINT64_MAX);
	assert_true(str_u64(S("007"), &n));
	assert_int_equal(n, 7);
	const struct str bad[] = {S(""), S("-1"), S("1 "), S("0x1"), S("18446744073709551616")};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(str_u64(bad[i], &n));
	assert_int_equal(n, 7);
}

static void a_number_is_cut_off_or_all_stays(void **state)
{
	struct str s = S("12-3");
	uint64_t n = 7;

	(void)state;
	assert_true(str_cut_u64(&s, &n));
	assert_int_equal(n, 12);
	assert_true(str_eq(s, S("-3")));
	assert_false(str_cut_u64(&s, &n));
	assert_int_equal(n, 12);
	assert_true(str_eq(s, S("-3")));
}

static void globs_match_as_fnmatch_does(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool match;
	} cases[] = {
		{"", "", true},          {"*", "", true},          {"?", "", false},
		{"a*c", "abbc", true},   {"a*c", "abbcd", false},  {"*b*b", "abab", true},
		{"[a-c]x", "bx", true},  {"[!a-c]x", "bx", false}, {"[]]", "]", true},
		{"[", "[", true},        {"\\*", "*", true},       {"\\*", "a", false},
		{"*.conf", "x.conf", 1}, {"a", "ab", false},       {"ab", "a", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(glob_match(str_of(cases[i].pattern), str_of(cases[i].text)),
				 cases[i].match);
}

static void arena_gives_zeroed_aligned_memory(void **state)
{
	struct arena a = {0};

	(void)state;
	for (size_t n = 0; n < 200000; n = n * 3 + 1) {
		unsigned char *p = arena_alloc(&a, n);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	assert_null(arena_alloc(&a, SIZE_MAX - 8));
	assert_null(arena_array(&a, SIZE_MAX / 2, 3));
	arena_free(&a);
	assert_int_equal(memory_used, 0);
}

static void arena_keeps_its_limit(void **state)
{
	struct arena a = {.limit = 128 * 1024};
	unsigned n = 0;

	(void)state;
	while (arena_alloc(&a, 1000) != NULL)
		n++;
	assert_in_range(n, 120, 132);
	assert_true(a.taken <= a.limit);
	arena_free(&a);
}

static void checksums_match_their_check_values(void **state)
{
	(void)state;
	/* The catalogue's "check": over the digits 1 to 9. */
	assert_int_equal(crc32c(~0u, "123456789", 9), ~0xe3069283u);
	assert_int_equal(crc32_be(~0u, "123456789", 9), 0x0376e6e7); /* CRC-32/MPEG-2 */
	assert_int_equal(crc16(0, "123456789", 9), 0xbb3d);
}

static void utf8_becomes_utf16(void **state)
{
	uint16_t out[16];
	static const uint16_t want[] = {'a', 0xe9, 0x20ac, 0xd83d, 0xde00};

	(void)state;
	assert_int_equal(utf16_from(S("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), out, 16), 5);
	assert_memory_equal(out, want, sizeof(want));
	out[4] = 7;
	assert_int_equal(utf16_from(S("abc\xf0\x9f\x98\x80"), out + 1, 4), 5);
	assert_int_equal(out[4], 7); /* no half pair */
}

static void utf16_becomes_utf8(void **state)
{
	static const le16 units[] = {{{'a', 0}},     {{0xac, 0x20}}, {{0x3d, 0xd8}},
				     {{0x00, 0xde}}, {{0x3d, 0xd8}}, {{'b', 0}},
				     {{0x00, 0xde}}, {{0x3d, 0xd8}}};
	static const char want[] = "a\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbd"
				   "b\xef\xbf\xbd\xef\xbf\xbd";
	char out[3 * sizeof(units) / sizeof(*units)];
	struct str made = utf16_decode(units, sizeof(units) / sizeof(*units), out);

	(void)state;
	assert_int_equal(made.n, sizeof(want) - 1);
	assert_memory_equal(made.p, want, made.n);
	assert_int_equal(utf16_decode(units, 0, NULL).n, 0);
}

static void utf16_is_decoded_character_by_character(void **state)
{
	static const le16 text[] = {{"a"}, {"\x3d\xd8"}, {"\x00\xde"}, {"\x3d\xd8"}, {"\x00\xde"}};
	uint32_t c = 7;

	(void)state;
	assert_int_equal(utf16_next(text, 0, &c), 0);
	assert_int_equal(utf16_next(text + 1, 1, &c), 0); /* half of a pair at the end, */
	assert_int_equal(utf16_next(text + 2, 2, &c), 0); /* and the wrong half first */
	assert_int_equal(c, 7);
	assert_int_equal(utf16_next(text, 5, &c), 1);
	assert_int_equal(c, 'a');
	assert_int_equal(utf16_next(text + 1, 4, &c), 2);
	assert_int_equal(c, 0x1f600);
}

static void bad_utf8_is_replaced_byte_by_byte(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xff", "\xf4\x90\x80\x80", "\xe2\x82"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct str rest = str_of(bad[i]);

		assert_int_equal(utf8_next(&rest), UTF8_REPLACEMENT);
		assert_int_equal(rest.n, strlen(bad[i]) - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_as_printf_does),
		cmocka_unit_test(format_counts_what_it_cut),
		cmocka_unit_test(report_holds_lines),
		cmocka_unit_test(report_shows_no_control_characters),
		cmocka_unit_test(report_tells_a_reason_once),
		cmocka_unit_test(report_tells_a_reason_once_whatever_stood_there_before),
		cmocka_unit_test(report_cuts_a_line_that_never_ends),
		cmocka_unit_test(report_makes_room_for_what_matters),
		cmocka_unit_test(report_never_overflows),
		cmocka_unit_test(strings_are_cut_and_trimmed),
		cmocka_unit_test(numbers_are_read_or_refused),
		cmocka_unit_test(a_number_is_cut_off_or_all_stays),
		cmocka_unit_test(globs_match_as_fnmatch_does),
		cmocka_unit_test(arena_gives_zeroed_aligned_memory),
		cmocka_unit_test(arena_keeps_its_limit),
		cmocka_unit_test(checksums_match_their_check_values),
		cmocka_unit_test(utf8_becomes_utf16),
		cmocka_unit_test(utf16_becomes_utf8),
		cmocka_unit_test(utf16_is_decoded_character_by_character),
		cmocka_unit_test(bad_utf8_is_replaced_byte_by_byte),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
