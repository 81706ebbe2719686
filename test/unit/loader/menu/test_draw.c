/* loader/menu/draw.c: what the screen shows, and how little is sent to it. */
#include "test/unit/menu_world.h"
#include "test/unit/test.h"

static unsigned cells_before;

static void counts_cells(void)
{
	cells_before = console_cells;
}

static void sees_four_seconds(void)
{
	assert_true(is_shown("Booting in 4 s"));
	/* One line on a slow serial line, not a screen. */
	assert_in_range(console_cells - cells_before, 1, 40);
}

static void sees_one_second(void)
{
	assert_true(is_shown("Booting in 1 s"));
}

static void the_countdown_redraws_its_own_line(void **state)
{
	(void)state;
	RUN(80, 25, LOOK(999, counts_cells), LOOK(1500, sees_four_seconds),
	    LOOK(4900, sees_one_second));
	assert_int_equal(console_clears, 2); /* before the first row and behind the last */
}

static void only_changed_rows_are_drawn(void **state)
{
	(void)state;
	RUN(80, 25, PRESS(1, 'x'), LOOK(2, counts_cells), PRESS(2, KEY_DOWN), PRESS(3, KEY_ENTER));
	assert_int_equal(console_cells - cells_before, 2 * strlen("> Entry 0"));
	assert_int_equal(console_clears, 2); /* before the first row and behind the last */
}

static void sees_row_90_of_100(void)
{
	assert_true(is_shown("> Entry 89"));
	assert_true(is_shown("(71 more above)"));
	assert_true(is_shown("(90 of 100, 10 more below)"));
	assert_false(is_shown("Entry 10"));
}

static void sees_the_list_begin_at_1(void)
{
	assert_string_equal(console_row(1), "  (2 more above)");
	assert_string_equal(console_row(2), "  Entry 2");
	assert_string_equal(console_row(20), "> Entry 20");
	assert_string_equal(console_row(21), "  (21 of 100, 79 more below)");
}

static void a_long_list_scrolls(void **state)
{
	(void)state;
	menu.count = MANY;
	menu.selected = 89;
	RUN(80, 25, PRESS(1, ' '), LOOK(2, sees_row_90_of_100), PRESS(2, KEY_ENTER));
	/* Nineteen entries are in sight. */
	assert_boots(RUN(80, 25, PRESS(1, KEY_HOME), PRESS(2, KEY_PAGE_DOWN), PRESS(3, KEY_ENTER)),
		     19, "ro quiet");
	assert_boots(RUN(80, 25, PRESS(1, KEY_END), PRESS(2, KEY_PAGE_UP), PRESS(3, KEY_ENTER)), 80,
		     "ro quiet");
	menu.selected = 20;
	RUN(80, 25, PRESS(1, ' '), LOOK(2, sees_the_list_begin_at_1), PRESS(3, KEY_ENTER));
}

static void sees_the_problem(void)
{
	assert_style(row_of("> Entry 1"), STYLE_SELECTED);
	assert_string_equal(console_row(23), "kernel /k is not there");
	assert_style(23, STYLE_ERROR);
}

static void sees_a_dim_entry(void)
{
	assert_style(row_of("  Entry 1"), STYLE_DIM);
	assert_false(is_shown("not there"));
}

static void an_entry_with_a_problem_is_dim_and_says_it_when_selected(void **state)
{
	(void)state;
	menu_stock[1].problem = S("kernel /k is not there");
	RUN(80, 25, PRESS(1, ' '), LOOK(2, sees_a_dim_entry), PRESS(2, KEY_DOWN),
	    LOOK(3, sees_the_problem), PRESS(3, KEY_DOWN), LOOK(4, sees_a_dim_entry),
	    PRESS(4, KEY_ENTER));
}

static void sees_a_problem_in_two_rows(void)
{
	assert_string_equal(console_row(7), "kernel /boot/vmlinuz-6.1.0-21-amd64 is");
	assert_string_equal(console_row(8), "  not there");
}

static void a_long_problem_takes_two_rows(void **state)
{
	(void)state;
	menu_stock[0].problem = S("kernel /boot/vmlinuz-6.1.0-21-amd64 is not there");
	RUN(40, 10, PRESS(1, ' '), LOOK(2, sees_a_problem_in_two_rows), PRESS(2, KEY_ENTER));
}

static void sees_a_short_report(void)
{
	assert_string_equal(console_row(2), "entry 'A': kernel /k");
	assert_style(2, STYLE_ERROR);
	assert_string_equal(console_row(3), "  is a gzip file, not an EFI program");
	assert_style(3, STYLE_NORMAL);
	assert_string_equal(console_row(4), "");
	assert_string_equal(console_row(5), "> Entry 0");
}

static void a_report_stands_above_the_list(void **state)
{
	(void)state;
	menu.message = S("entry 'A': kernel /k\n  is a gzip file, not an EFI program\n");
	RUN(80, 25, LOOK(1, sees_a_short_report), PRESS(1, KEY_ENTER));
}

static void sees_a_cut_report(void)
{
	assert_string_equal(console_row(2), "(92 more lines)");
	assert_string_equal(console_row(10), "line 99");
	assert_string_equal(console_row(11), "");
	assert_string_equal(console_row(12), "> Entry 0");
	assert_string_equal(console_row(20), "  Entry 8");
	assert_string_equal(console_row(21), "  (1 of 100, 91 more below)");
}

static void sees_the_last_line_of_the_report(void)
{
	assert_string_equal(console_row(2), "line 99");
	assert_string_equal(console_row(4), "> Entry 0");
	assert_string_equal(console_row(6), "  Entry 2");
}

static void a_report_longer_than_the_screen_leaves_room_for_the_list(void **state)
{
	static char text[100 * 10];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		n += (size_t)sprintf(text + n, "line %d\n", i);
	menu.message = (struct str){text, n};
	menu.count = MANY;
	RUN(80, 25, LOOK(1, sees_a_cut_report), PRESS(1, KEY_ENTER));
	RUN(40, 10, LOOK(1, sees_the_last_line_of_the_report), PRESS(1, KEY_ENTER));
}

static void sees_a_wrapped_report(void)
{
	assert_string_equal(console_row(2), "/boot/partless.conf:3: unknown word");
	assert_string_equal(console_row(3), "  'kernel'");
	assert_string_equal(console_row(4), "0123456789012345678901234567890123456789");
	assert_string_equal(console_row(5), "  0123");
	assert_string_equal(console_row(7), "> Entry 0");
}

static void a_long_line_of_the_report_is_wrapped(void **state)
{
	(void)state;
	menu.message = S("/boot/partless.conf:3: unknown word 'kernel'\n"
			 "01234567890123456789012345678901234567890123\n");
	RUN(40, 20, LOOK(1, sees_a_wrapped_report), PRESS(1, KEY_ENTER));
}

static void sees_harmless_titles(void)
{
	assert_string_equal(console_row(2), "> A?[2J?]0;x?");
	assert_string_equal(console_row(3), "  J\xc3\xb6rg?s ? \xe2\x82\xac?");
	assert_int_equal(strlen(console_row(4)), 2 + 2 * 75 + 3);
	assert_string_equal(console_row(23), "kernel /?[1m is not there");
}

static void hostile_titles_are_only_text(void **state)
{
	static char wide[2 * 300];

	(void)state;
	for (unsigned i = 0; i < sizeof(wide); i += 2)
		memcpy(wide + i, "\xc3\xa9", 2);
	menu_stock[0].title = S("A\x1b[2J\x1b]0;x\x07");
	menu_stock[1].title = S("J\xc3\xb6rg\xff"
				"s \xe2\x80\xae \xe2\x82\xac\xc2\x9b");
	menu_stock[2].title = (struct str){wide, sizeof(wide)};
	menu_stock[0].problem = S("kernel /\x1b[1m is not there");
	menu_stock[0].options = S("a\tb\x1b");
	RUN(80, 25, PRESS(1, ' '), LOOK(2, sees_harmless_titles), PRESS(2, 'e'),
	    PRESS(3, KEY_ENTER));
}

#define LONG_TITLE \
	"Debian GNU/Linux, with Linux 6.1.0-21-amd64 and a name that no row of 40 columns has"

static void sees_a_cut_title(void)
{
	assert_string_equal(console_row(2), "> Entry 0");
	assert_string_equal(console_row(3), "  Debian GNU/Linux, with Linux 6.1.0-...");
	assert_false(is_shown("a name"));
}

static void sees_all_of_a_cut_title(void)
{
	assert_string_equal(console_row(3), "> Debian GNU/Linux, with Linux 6.1.0-...");
	assert_string_equal(console_row(16), "Debian GNU/Linux, with Linux");
	assert_string_equal(console_row(17), "  6.1.0-21-amd64 and a name that no row");
	assert_string_equal(console_row(18), "  of 40 columns has");
}

static void a_title_that_is_cut_is_told_in_full_when_selected(void **state)
{
	(void)state;
	menu_stock[1].title = S(LONG_TITLE);
	RUN(40, 20, PRESS(1, ' '), LOOK(2, sees_a_cut_title), PRESS(2, KEY_DOWN),
	    LOOK(3, sees_all_of_a_cut_title), PRESS(3, KEY_UP), LOOK(4, sees_a_cut_title),
	    PRESS(4, KEY_ENTER));
}

static void sees_the_end_of_an_endless_title(void)
{
	const char *last = console_row(18);

	assert_string_equal(last + strlen(last) - 5, "xx...");
	assert_string_equal(console_row(19), "Enter: boot  e: edit options  q: leave");
}

static void a_title_without_end_takes_a_few_rows(void **state)
{
	static char endless[2000];

	(void)state;
	memset(endless, 'x', sizeof(endless));
	memcpy(endless + 100, "\n\n\n", 3);
	menu_stock[0].title = (struct str){endless, sizeof(endless)};
	RUN(40, 20, PRESS(1, ' '), LOOK(2, sees_the_end_of_an_endless_title), PRESS(2, KEY_ENTER));
}

static void sees_list_and_title_on_a_small_screen(void)
{
	assert_string_equal(console_row(0), "Partless " VERSION);
	assert_memory_equal(console_row(2), "> xxx", 5);
	assert_string_equal(console_row(3), "  Entry 1");
	assert_memory_equal(console_row(5), "xxx", 3);
	assert_memory_equal(console_row(8), "  xxx", 5);
}

static void a_long_title_leaves_no_room_for_the_report_on_a_small_screen(void **state)
{
	static char endless[2000];

	(void)state;
	memset(endless, 'x', sizeof(endless));
	menu_stock[0].title = (struct str){endless, sizeof(endless)};
	menu.message = S("one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n");
	RUN(40, 10, PRESS(1, ' '), LOOK(2, sees_list_and_title_on_a_small_screen),
	    PRESS(2, KEY_ENTER));
}

#define ZHONG "\xe4\xb8\xad"

static void sees_wide_titles(void)
{
	assert_string_equal(console_row(2),
			    "> " ZHONG ZHONG ZHONG ZHONG ZHONG ZHONG ZHONG ZHONG ZHONG ZHONG ZHONG
				    ZHONG ZHONG ZHONG ZHONG ZHONG ZHONG "...");
	assert_string_equal(console_row(3),
			    "  x" ZHONG ZHONG ZHONG ZHONG ZHONG ZHONG ZHONG ZHONG ZHONG ZHONG ZHONG
				    ZHONG ZHONG ZHONG ZHONG ZHONG ZHONG "...");
	assert_string_equal(console_row(4), "  cafe");
}

static const char *number(unsigned i)
{
	static char text[16];

	snprintf(text, sizeof(text), "%u", i);
	return text;
}

static void sees_short_titles_in_their_place(void)
{
	assert_string_equal(console_row(2), "> A");
	for (unsigned i = 1; i < 14; i++)
		assert_string_equal(console_row(2 + i) + 8, number(i));
}

static void wide_characters_and_marks_are_counted_as_they_are_shown(void **state)
{
	static char wide[3 * 40], mixed[1 + 3 * 40];

	(void)state;
	mixed[0] = 'x';
	for (unsigned i = 0; i < sizeof(wide); i += 3) {
		memcpy(wide + i, ZHONG, 3);
		memcpy(mixed + 1 + i, ZHONG, 3);
	}
	menu_stock[0].title = (struct str){wide, sizeof(wide)};
	menu_stock[1].title = (struct str){mixed, sizeof(mixed)};
	menu_stock[2].title = S("cafe\xcc\x81");
	RUN(40, 20, PRESS(1, ' '), LOOK(2, sees_wide_titles), PRESS(2, KEY_ENTER));
	/* What stood there is covered in all its width. */
	menu.count = MANY;
	menu_stock[0].title = S("A");
	menu_stock[1].title = S("Entry 1");
	menu_stock[2].title = S("Entry 2");
	for (unsigned i = 80; i < MANY; i++)
		menu_stock[i].title = (struct str){wide, sizeof(wide)};
	RUN(40, 20, PRESS(1, KEY_END), PRESS(2, KEY_HOME),
	    LOOK(3, sees_short_titles_in_their_place), PRESS(3, KEY_ENTER));
}

static void sees_question_marks(void)
{
	assert_string_equal(console_row(2), "> ?esk\xc3\xbd ??");
}

static void what_the_console_does_not_show_is_a_question_mark(void **state)
{
	static const struct console_event events[] = {PRESS(1, ' '), LOOK(2, sees_question_marks),
						      PRESS(3, KEY_ENTER)};

	(void)state;
	menu_stock[0].title = S("\xc4\x8d"
				"esk\xc3\xbd " ZHONG "\xe2\x86\x92");
	console_script(80, 25, events, 3);
	console_plain = true;
	menu_run(&menu);
}

static void sees_the_cursor_behind_wide_characters(void)
{
	unsigned x, y;

	assert_true(console_cursor_at(&x, &y));
	assert_int_equal(x, 2 * 20 - 38 + 1); /* 19 fill a row of 39 columns but for one */
	assert_int_equal(y, 5);
	assert_string_equal(console_row(5), ZHONG "y");
}

static void the_editor_knows_how_wide_characters_are(void **state)
{
	static char wide[3 * 20 + 1];

	(void)state;
	for (unsigned i = 0; i < 60; i += 3)
		memcpy(wide + i, ZHONG, 3);
	wide[60] = 'y';
	menu_stock[0].options = (struct str){wide, sizeof(wide)};
	RUN(40, 20, PRESS(1, 'e'), LOOK(2, sees_the_cursor_behind_wide_characters),
	    PRESS(3, KEY_ENTER));
}

static void every_size_of_screen_is_drawn_inside_it(void **state)
{
	static const struct console_size sizes[] = {
		{40, 10}, {80, 25}, {100, 31}, {240, 67}, {300, 150}};

	(void)state;
	/* The console of the tests refuses to be written outside. */
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		menu.count = MANY;
		menu.message = S("one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n");
		RUN(sizes[i].columns, sizes[i].rows, PRESS(1, KEY_END), PRESS(2, KEY_PAGE_UP),
		    PRESS(3, KEY_HOME), PRESS(4, KEY_PAGE_DOWN), PRESS(5, 'e'),
		    PRESS(6, KEY_ESCAPE), PRESS(7, KEY_ENTER));
	}
}

#define TEST(name) cmocka_unit_test_setup(name, menu_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_countdown_redraws_its_own_line),
		TEST(only_changed_rows_are_drawn),
		TEST(a_long_list_scrolls),
		TEST(an_entry_with_a_problem_is_dim_and_says_it_when_selected),
		TEST(a_long_problem_takes_two_rows),
		TEST(a_report_stands_above_the_list),
		TEST(a_report_longer_than_the_screen_leaves_room_for_the_list),
		TEST(a_long_line_of_the_report_is_wrapped),
		TEST(hostile_titles_are_only_text),
		TEST(a_title_that_is_cut_is_told_in_full_when_selected),
		TEST(a_title_without_end_takes_a_few_rows),
		TEST(a_long_title_leaves_no_room_for_the_report_on_a_small_screen),
		TEST(wide_characters_and_marks_are_counted_as_they_are_shown),
		TEST(what_the_console_does_not_show_is_a_question_mark),
		TEST(the_editor_knows_how_wide_characters_are),
		TEST(every_size_of_screen_is_drawn_inside_it),
	};

	return cmocka_run_group_tests_name("draw", tests, NULL, NULL);
}
