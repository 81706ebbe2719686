/* loader/cmdline.c: the words that the kernel would see. What is expected here is what
 * lib/cmdline.c's next_arg() and kernel/params.c's parse_args() do. */
#include "loader/cmdline.h"

#include "base/arena.h"
#include "test/unit/memory.h"
#include "test/unit/test.h"

/* The value of root= in OPTIONS is WANT; NULL: there is none. */
static void root_is(const char *options, const char *want)
{
	struct str value = S("untouched");
	bool found = cmdline_value(str_of(options), S("root="), &value);

	if (found != (want != NULL) || (found && !str_eq(value, str_of(want))))
		print_error("'%s' has root '%.*s'\n", options, STR_ARG(value));
	assert_int_equal(found, want != NULL);
	assert_true(str_eq(value, found ? str_of(want) : S("untouched")));
}

static void the_last_value_counts(void **state)
{
	(void)state;
	root_is("", NULL);
	root_is("ro quiet", NULL);
	root_is("root=/dev/vda", "/dev/vda");
	root_is(" \t root=/dev/vda\tro", "/dev/vda");
	root_is("root=a root=b", "b");
	root_is("root=a root=", "");
	root_is("myroot=a", NULL);
	root_is("root", NULL);
}

static void quotes_hold_blanks_together(void **state)
{
	(void)state;
	root_is("x=\"a root=/dev/vdb b\"", NULL);
	root_is("root=LABEL=a x=\"a root=/dev/vdb b\"", "LABEL=a");
	root_is("root=\"LABEL=a b\" ro", "LABEL=a b");
	root_is("\"root=LABEL=a b\" ro", "LABEL=a b");
	root_is("x=\"a b root=c", NULL); /* nobody ends it */
	root_is("root=\"/dev/vda", "/dev/vda");
	root_is("root=a\"b c\"", "a\"b c\"");
	root_is("\" root=a", NULL);
}

static void behind_two_dashes_all_is_for_init(void **state)
{
	(void)state;
	root_is("-- root=/dev/vdb", NULL);
	root_is("root=a -- root=b", "a");
	root_is("root=a \"--\" root=b", "a");
	root_is("root=a --- root=b", "b");
	root_is("--x root=b", "b");
	assert_int_equal(cmdline_end(S("ro  -- x")), 4);
	assert_int_equal(cmdline_end(S("x=\"a -- b\" c")), 12);
	assert_true(cmdline_has(S("quiet ro -- rw"), S("ro")));
	assert_false(cmdline_has(S("quiet ro -- rw"), S("rw")));
	assert_false(cmdline_has(S("x=\"a rw\""), S("rw")));
}

static void words_cut_off_are_all_of_the_text(void **state)
{
	struct str text = S("  a=\"b c\"  d\te --"), rest = text;
	size_t n = 0;

	(void)state;
	while (rest.n > 0) {
		struct str word = cmdline_cut(&rest);

		assert_ptr_equal(word.p, text.p + n);
		assert_true(word.n > 0);
		n += word.n;
	}
	assert_int_equal(n, text.n);
}

static void what_is_added_comes_before_two_dashes(void **state)
{
	static const char *const cases[][2] = {
		{"", "more"},
		{"ro", "ro more"},
		{"ro -- single", "ro more -- single"},
		{"-- single", "more -- single"},
		{"x=\"a -- b\"", "x=\"a -- b\" more"},
	};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str options = str_of(cases[i][0]);

		assert_true(cmdline_add(&arena, &options, S("more")));
		assert_true(str_eq(options, str_of(cases[i][1])));
	}
	arena_free(&arena);
	assert_int_equal(memory_used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_value_counts),
		cmocka_unit_test(quotes_hold_blanks_together),
		cmocka_unit_test(behind_two_dashes_all_is_for_init),
		cmocka_unit_test(words_cut_off_are_all_of_the_text),
		cmocka_unit_test(what_is_added_comes_before_two_dashes),
	};

	return cmocka_run_group_tests_name("cmdline", tests, NULL, NULL);
}
