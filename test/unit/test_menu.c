/* loader/menu.c and loader/draw.c: what a person sees, presses and gets. */
#include "loader/menu.h"
#include "test/unit/console.h"
#include "test/unit/platform.h"
#include "test/unit/test.h"

#define MANY 100

static struct entry stock[MANY];
static struct entry *entries[MANY];
static char titles[MANY][16];
static struct menu menu;

static int setup(void **state)
{
	(void)state;
	memset(stock, 0, sizeof(stock));
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(titles[i], sizeof(titles[i]), "Entry %u", i);
		stock[i].title = str_of(titles[i]);
		stock[i].options = S("ro quiet");
		entries[i] = &stock[i];
	}
	menu = (struct menu){.entries = entries, .count = 3, .countdown = true, .seconds = 5};
	platform_waits = 0;
	return 0;
}

#define PRESS(ms, what)                   \
	{                                 \
		.at = (ms), .key = (what) \
	}
#define LOOK(ms, at_what)                     \
	{                                     \
		.at = (ms), .look = (at_what) \
	}

/* Runs the menu on a screen of this size with these events. */
#define RUN(columns, rows, ...)                                         \
	run(columns, rows, (const struct console_event[]){__VA_ARGS__}, \
	    sizeof((const struct console_event[]){__VA_ARGS__}) / sizeof(struct console_event))

static struct menu_choice run(unsigned columns, unsigned rows, const struct console_event *events,
			      size_t n)
{
	console_script(columns, rows, events, (unsigned)n);
	return menu_run(&menu);
}

static void assert_boots(struct menu_choice c, unsigned selected, const char *options)
{
	assert_int_equal(c.answer, MENU_BOOT);
	assert_int_equal(menu.selected, selected);
	assert_int_equal(c.options.n, strlen(options));
	assert_memory_equal(c.options.p, options, c.options.n);
}

/* The row that begins with TEXT; fails when there is none. */
static unsigned row_of(const char *text)
{
	for (unsigned y = 0; y < console_size().rows; y++) {
		if (strncmp(console_row(y), text, strlen(text)) == 0)
			return y;
	}
	print_error("no row begins with '%s'\n", text);
	assert_true(false);
	return 0;
}

static bool is_shown(const char *text)
{
	for (unsigned y = 0; y < console_size().rows; y++) {
		if (strstr(console_row(y), text) != NULL)
			return true;
	}
	return false;
}

static void sees_the_first_screen(void)
{
	assert_string_equal(console_row(0), "Partless " VERSION);
	assert_int_equal(console_style(0), STYLE_TITLE);
	assert_string_equal(console_row(2), "> Entry 0");
	assert_int_equal(console_style(2), STYLE_SELECTED);
	assert_string_equal(console_row(3), "  Entry 1");
	assert_int_equal(console_style(3), STYLE_NORMAL);
	assert_string_equal(console_row(4), "  Entry 2");
	assert_string_equal(console_row(5), "");
	assert_string_equal(console_row(23), "Booting in 5 s; press a key to stop.");
	assert_string_equal(console_row(24), "Enter: boot  e: edit options  q: leave");
}

static void the_countdown_boots_the_selected_entry(void **state)
{
	struct menu_choice c;

	(void)state;
	c = RUN(80, 25, LOOK(100, sees_the_first_screen));
	assert_boots(c, 0, "ro quiet");
	assert_false(c.person);
	assert_int_equal(clock_ms(), 5000);
	assert_int_equal(platform_waits, 0);
	menu.selected = 2;
	assert_boots(RUN(80, 25, LOOK(0, NULL)), 2, "ro quiet");
}

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
	assert_int_equal(console_clears, 1);
}

static void sees_no_countdown(void)
{
	assert_false(is_shown("Booting"));
	assert_int_equal(console_row(23)[0], '\0');
}

static void any_key_stops_the_countdown_for_good(void **state)
{
	static const uint32_t keys[] = {'x', ' ', KEY_ESCAPE, KEY_DOWN, KEY_LEFT, '\t'};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct menu_choice c;

		platform_waits = 0;
		c = RUN(80, 25, PRESS(2000, keys[i]), LOOK(600000, sees_no_countdown),
			PRESS(600000, KEY_ENTER));
		assert_int_equal(c.answer, MENU_BOOT);
		assert_true(c.person);
		assert_int_equal(clock_ms(), 600000);
		assert_int_equal(platform_waits, 1);
	}
}

static void enter_boots_and_q_leaves(void **state)
{
	(void)state;
	struct menu_choice c = RUN(80, 25, PRESS(1, KEY_ENTER));
	assert_boots(c, 0, "ro quiet");
	assert_true(c.person);
	assert_int_equal(RUN(80, 25, PRESS(1, 'q')).answer, MENU_LEAVE);
	assert_int_equal(RUN(80, 25, PRESS(1, 'Q')).answer, MENU_LEAVE);
}

static void keys_move_the_bar_and_stop_at_the_ends(void **state)
{
	static const struct {
		uint32_t key;
		unsigned from, to;
	} cases[] = {
		{KEY_UP, 1, 0},   {KEY_UP, 0, 0},     {KEY_DOWN, 1, 2},    {KEY_DOWN, 2, 2},
		{'k', 2, 1},      {'j', 0, 1},        {'P' - '@', 2, 1},   {'N' - '@', 0, 1},
		{KEY_HOME, 2, 0}, {KEY_END, 0, 2},    {KEY_PAGE_UP, 2, 0}, {KEY_PAGE_DOWN, 0, 2},
		{KEY_LEFT, 1, 1}, {KEY_DELETE, 1, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		menu.selected = cases[i].from;
		assert_boots(RUN(80, 25, PRESS(1, cases[i].key), PRESS(2, KEY_ENTER)), cases[i].to,
			     "ro quiet");
	}
}

static void only_changed_rows_are_drawn(void **state)
{
	(void)state;
	RUN(80, 25, PRESS(1, 'x'), LOOK(2, counts_cells), PRESS(2, KEY_DOWN), PRESS(3, KEY_ENTER));
	assert_int_equal(console_cells - cells_before, 2 * strlen("> Entry 0"));
	assert_int_equal(console_clears, 1);
}

static void with_timeout_0_nothing_is_drawn(void **state)
{
	struct menu_choice c;

	(void)state;
	menu.seconds = 0;
	c = RUN(80, 25, PRESS(MENU_HELD_MS + 1, KEY_ENTER));
	assert_boots(c, 0, "ro quiet");
	assert_false(c.person);
	assert_int_equal(console_cells, 0);
	assert_int_equal(console_clears, 0);
	assert_in_range(clock_ms(), 0, MENU_HELD_MS);
}

static void with_timeout_0_a_held_key_brings_the_menu_and_does_nothing_else(void **state)
{
	struct menu_choice c;

	(void)state;
	menu.seconds = 0;
	c = RUN(80, 25, PRESS(30, KEY_ENTER), LOOK(9999, sees_no_countdown), PRESS(9999, KEY_DOWN),
		PRESS(10000, KEY_ENTER));
	assert_boots(c, 1, "ro quiet");
	assert_true(c.person);
	assert_int_equal(platform_waits, 1);
}

static void without_a_countdown_the_menu_waits_for_ever(void **state)
{
	(void)state;
	menu.countdown = false;
	menu.seconds = 0;
	RUN(80, 25, LOOK(UINT64_C(1) << 40, sees_no_countdown),
	    PRESS(UINT64_C(1) << 40, KEY_ENTER));
	assert_true(clock_ms() == UINT64_C(1) << 40);
}

static void sees_row_90_of_100(void)
{
	assert_true(is_shown("> Entry 89"));
	assert_true(is_shown("90 of 100"));
	assert_false(is_shown("Entry 10"));
}

static void sees_the_list_begin_at_1(void)
{
	assert_string_equal(console_row(2), "  Entry 1");
	assert_string_equal(console_row(21), "> Entry 20");
}

static void a_long_list_scrolls(void **state)
{
	(void)state;
	menu.count = MANY;
	menu.selected = 89;
	RUN(80, 25, PRESS(1, ' '), LOOK(2, sees_row_90_of_100), PRESS(2, KEY_ENTER));
	/* Twenty entries are in sight. */
	assert_boots(RUN(80, 25, PRESS(1, KEY_HOME), PRESS(2, KEY_PAGE_DOWN), PRESS(3, KEY_ENTER)),
		     20, "ro quiet");
	assert_boots(RUN(80, 25, PRESS(1, KEY_END), PRESS(2, KEY_PAGE_UP), PRESS(3, KEY_ENTER)), 79,
		     "ro quiet");
	menu.selected = 20;
	RUN(80, 25, PRESS(1, ' '), LOOK(2, sees_the_list_begin_at_1), PRESS(3, KEY_ENTER));
}

static void sees_the_problem(void)
{
	assert_int_equal(console_style(row_of("> Entry 1")), STYLE_SELECTED);
	assert_string_equal(console_row(23), "kernel /k is not there");
	assert_int_equal(console_style(23), STYLE_ERROR);
}

static void sees_a_dim_entry(void)
{
	assert_int_equal(console_style(row_of("  Entry 1")), STYLE_DIM);
	assert_false(is_shown("not there"));
}

static void an_entry_with_a_problem_is_dim_and_says_it_when_selected(void **state)
{
	(void)state;
	stock[1].problem = S("kernel /k is not there");
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
	stock[0].problem = S("kernel /boot/vmlinuz-6.1.0-21-amd64 is not there");
	RUN(40, 10, PRESS(1, ' '), LOOK(2, sees_a_problem_in_two_rows), PRESS(2, KEY_ENTER));
}

static void sees_the_editor(void)
{
	unsigned x, y;

	assert_string_equal(console_row(2), "Options for one boot of Entry 0");
	assert_string_equal(console_row(4), "ro quiet");
	assert_true(console_cursor_at(&x, &y));
	assert_int_equal(x, 8);
	assert_int_equal(y, 4);
	assert_string_equal(console_row(24), "Enter: boot  Esc: back to the list");
	assert_false(is_shown("Entry 1"));
	assert_false(is_shown("Booting"));
}

static void e_edits_the_options_of_one_boot(void **state)
{
	(void)state;
	struct menu_choice c = RUN(80, 25, PRESS(1, 'e'), LOOK(2, sees_the_editor), PRESS(2, ' '),
				   PRESS(3, 'q'), PRESS(4, 'e'), PRESS(5, KEY_ENTER));
	assert_boots(c, 0, "ro quiet qe");
	/* The entry keeps its own. */
	assert_int_equal(stock[0].options.n, strlen("ro quiet"));
}

static void sees_the_list_again(void)
{
	unsigned x, y;

	assert_false(console_cursor_at(&x, &y));
	assert_string_equal(console_row(2), "> Entry 0");
	assert_string_equal(console_row(24), "Enter: boot  e: edit options  q: leave");
	assert_false(is_shown("ro quiet"));
}

static void escape_leaves_the_editor_and_forgets(void **state)
{
	(void)state;
	struct menu_choice c = RUN(80, 25, PRESS(1, 'e'), PRESS(2, 'x'), PRESS(3, KEY_ESCAPE),
				   LOOK(4, sees_the_list_again), PRESS(4, KEY_ENTER));
	assert_boots(c, 0, "ro quiet");
}

static char long_options[EDIT_MAX + 1];

static void sees_the_end_of_the_options(void)
{
	unsigned x, y;

	assert_true(console_cursor_at(&x, &y));
	assert_int_equal(y, 6 + 15);
	/* 4096 characters in rows of 79: the cursor stands behind the 67th of the last. */
	assert_int_equal(x, EDIT_MAX % 79);
	assert_int_equal(strlen(console_row(21)), EDIT_MAX % 79);
	assert_int_equal(strlen(console_row(20)), 79);
}

static void sees_the_start_of_the_options(void)
{
	unsigned x, y;

	assert_true(console_cursor_at(&x, &y));
	assert_int_equal(x, 0);
	assert_int_equal(y, 4);
}

static void long_options_are_edited_over_many_rows(void **state)
{
	(void)state;
	memset(long_options, 'x', sizeof(long_options));
	stock[0].options = (struct str){long_options, EDIT_MAX};
	RUN(80, 25, PRESS(1, 'e'), LOOK(2, sees_the_end_of_the_options), PRESS(2, KEY_HOME),
	    LOOK(3, sees_the_start_of_the_options), PRESS(3, KEY_ENTER));
}

static void sees_a_refusal(void)
{
	assert_true(is_shown("These options are too long to be edited here."));
}

static void options_too_long_for_the_editor_are_never_cut(void **state)
{
	(void)state;
	stock[0].options = (struct str){long_options, EDIT_MAX + 1};
	struct menu_choice c =
		RUN(80, 25, PRESS(1, 'e'), LOOK(2, sees_a_refusal), PRESS(2, KEY_ENTER));
	assert_int_equal(c.options.n, EDIT_MAX + 1);
}

static void sees_a_short_report(void)
{
	assert_string_equal(console_row(2), "entry 'A': kernel /k");
	assert_int_equal(console_style(2), STYLE_ERROR);
	assert_string_equal(console_row(3), "  is a gzip file, not an EFI program");
	assert_int_equal(console_style(3), STYLE_NORMAL);
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
	assert_string_equal(console_row(21), "  Entry 9");
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

static void sees_an_empty_menu_count(void)
{
	assert_true(is_shown("No bootable entry. Returning to the firmware in 30 s; "
			     "press a key to stay."));
}

static void sees_an_empty_menu_stay(void)
{
	assert_string_equal(console_row(23), "No bootable entry.");
	assert_string_equal(console_row(24), "Enter or q: back to the firmware");
}

static void an_empty_menu_returns_to_the_firmware(void **state)
{
	struct menu_choice c;

	(void)state;
	menu.count = 0;
	menu.seconds = 30;
	menu.message = S("disk 1: no file system\n");
	c = RUN(80, 25, LOOK(1, sees_an_empty_menu_count));
	assert_int_equal(c.answer, MENU_LEAVE);
	assert_false(c.person);
	assert_int_equal(clock_ms(), 30000);
}

static void an_empty_menu_stays_when_a_key_is_pressed(void **state)
{
	struct menu_choice c;

	(void)state;
	menu.count = 0;
	menu.seconds = 30;
	c = RUN(80, 25, PRESS(1, KEY_ENTER), LOOK(99000, sees_an_empty_menu_stay),
		PRESS(99000, KEY_DOWN), PRESS(99001, 'e'), PRESS(99002, KEY_ENTER));
	assert_int_equal(c.answer, MENU_LEAVE);
	assert_true(c.person);
	assert_int_equal(clock_ms(), 99002);
	assert_int_equal(RUN(80, 25, PRESS(1, ' '), PRESS(2, 'q')).answer, MENU_LEAVE);
}

static void sees_a_last_chance(void)
{
	assert_true(is_shown("No entry is left to try. Returning to the firmware in 30 s"));
	assert_true(is_shown("> Entry 0"));
}

static void a_menu_whose_entries_all_failed_leaves(void **state)
{
	struct menu_choice c;

	(void)state;
	menu.leave = true;
	menu.seconds = 30;
	c = RUN(80, 25, LOOK(1, sees_a_last_chance));
	assert_int_equal(c.answer, MENU_LEAVE);
	assert_false(c.person);
	assert_boots(RUN(80, 25, PRESS(1, ' '), PRESS(2, KEY_DOWN), PRESS(3, KEY_ENTER)), 1,
		     "ro quiet");
}

static void sees_harmless_titles(void)
{
	assert_string_equal(console_row(2), "> A?[2J?]0;x?");
	assert_string_equal(console_row(3), "  J\xc3\xb6rg?s ? \xe2\x82\xac?");
	assert_int_equal(strlen(console_row(4)), 2 + 2 * 78);
	assert_string_equal(console_row(23), "kernel /?[1m is not there");
}

static void hostile_titles_are_only_text(void **state)
{
	static char wide[2 * 300];

	(void)state;
	for (unsigned i = 0; i < sizeof(wide); i += 2)
		memcpy(wide + i, "\xc3\xa9", 2);
	stock[0].title = S("A\x1b[2J\x1b]0;x\x07");
	stock[1].title = S("J\xc3\xb6rg\xff"
			   "s \xe2\x80\xae \xe2\x82\xac\xc2\x9b");
	stock[2].title = (struct str){wide, sizeof(wide)};
	stock[0].problem = S("kernel /\x1b[1m is not there");
	stock[0].options = S("a\tb\x1b");
	RUN(80, 25, PRESS(1, ' '), LOOK(2, sees_harmless_titles), PRESS(2, 'e'),
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

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_countdown_boots_the_selected_entry),
		TEST(the_countdown_redraws_its_own_line),
		TEST(any_key_stops_the_countdown_for_good),
		TEST(enter_boots_and_q_leaves),
		TEST(keys_move_the_bar_and_stop_at_the_ends),
		TEST(only_changed_rows_are_drawn),
		TEST(with_timeout_0_nothing_is_drawn),
		TEST(with_timeout_0_a_held_key_brings_the_menu_and_does_nothing_else),
		TEST(without_a_countdown_the_menu_waits_for_ever),
		TEST(a_long_list_scrolls),
		TEST(an_entry_with_a_problem_is_dim_and_says_it_when_selected),
		TEST(a_long_problem_takes_two_rows),
		TEST(e_edits_the_options_of_one_boot),
		TEST(escape_leaves_the_editor_and_forgets),
		TEST(long_options_are_edited_over_many_rows),
		TEST(options_too_long_for_the_editor_are_never_cut),
		TEST(a_report_stands_above_the_list),
		TEST(a_report_longer_than_the_screen_leaves_room_for_the_list),
		TEST(a_long_line_of_the_report_is_wrapped),
		TEST(an_empty_menu_returns_to_the_firmware),
		TEST(an_empty_menu_stays_when_a_key_is_pressed),
		TEST(a_menu_whose_entries_all_failed_leaves),
		TEST(hostile_titles_are_only_text),
		TEST(every_size_of_screen_is_drawn_inside_it),
	};

	return cmocka_run_group_tests_name("menu", tests, NULL, NULL);
}
