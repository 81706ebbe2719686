/* loader/menu/run.c: what a person presses and gets. */
#include "test/unit/menu_world.h"
#include "test/unit/platform.h"
#include "test/unit/test.h"

static void sees_the_first_screen(void)
{
	assert_string_equal(console_row(0), "Partless " VERSION);
	assert_style(0, STYLE_TITLE);
	assert_string_equal(console_row(2), "> Entry 0");
	assert_style(2, STYLE_SELECTED);
	assert_string_equal(console_row(3), "  Entry 1");
	assert_style(3, STYLE_NORMAL);
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
	assert_int_equal(platform_waits, 1); /* the firmware's watchdog is off while it is shown */
	menu.selected = 2;
	assert_boots(RUN(80, 25, LOOK(0, NULL)), 2, "ro quiet");
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

static void with_timeout_0_nothing_is_drawn(void **state)
{
	struct menu_choice c;

	(void)state;
	menu.seconds = 0;
	c = RUN(80, 25, PRESS(1, KEY_ENTER));
	assert_boots(c, 0, "ro quiet");
	assert_false(c.person);
	assert_int_equal(console_cells, 0);
	assert_int_equal(console_clears, 0);
	assert_int_equal(clock_ms(), 0);
}

static void with_timeout_0_a_key_pressed_before_brings_the_menu_and_does_nothing_else(void **state)
{
	struct menu_choice c;

	(void)state;
	menu.seconds = 0;
	c = RUN(80, 25, PRESS(0, KEY_ENTER), LOOK(9999, sees_no_countdown), PRESS(9999, KEY_DOWN),
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
	assert_int_equal(menu_stock[0].options.n, strlen("ro quiet"));
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

static void sees_no_editor(void)
{
	assert_true(is_shown("The host does not allow options to be edited."));
	assert_string_equal(console_row(24), "Enter: boot  q: leave");
}

static void the_host_may_lock_the_editor(void **state)
{
	(void)state;
	menu.no_editor = S("The host does not allow options to be edited.");
	struct menu_choice c = RUN(80, 25, PRESS(1, 'e'), LOOK(2, sees_no_editor), PRESS(3, 'x'),
				   PRESS(4, KEY_ENTER));
	assert_boots(c, 0, "ro quiet");
}

static void sees_no_way_out(void)
{
	assert_true(is_shown("The host does not allow options to be edited."));
	assert_string_equal(console_row(24), "Enter: boot");
}

static void from_a_locked_menu_nobody_leaves(void **state)
{
	(void)state;
	menu.locked = true;
	menu.no_editor = S("The host does not allow options to be edited.");
	struct menu_choice c =
		RUN(80, 25, PRESS(1, 'q'), PRESS(2, 'Q'), PRESS(3, KEY_ESCAPE), PRESS(4, 'e'),
		    LOOK(5, sees_no_way_out), PRESS(6, 'x'), PRESS(7, KEY_ENTER));
	assert_boots(c, 0, "ro quiet");
}

static void sees_an_empty_menu_count(void)
{
	assert_true(is_shown("No bootable entry. Returning to the firmware in 30 s; "
			     "press a key to stay."));
}

static void sees_an_empty_locked_menu(void)
{
	assert_string_equal(console_row(23), "No bootable entry.");
	assert_string_equal(console_row(24), "");
	menu.locked = false; /* so that the test ends */
}

static void nor_from_a_locked_menu_without_entries(void **state)
{
	(void)state;
	menu.count = 0;
	menu.seconds = 30;
	menu.locked = true;
	assert_int_equal(RUN(80, 25, PRESS(1, ' '), PRESS(2, KEY_ENTER), PRESS(3, 'q'),
			     LOOK(40000, sees_an_empty_locked_menu), PRESS(40001, 'q'))
				 .answer,
			 MENU_LEAVE);
	assert_int_equal(clock_ms(), 40001);
	menu.locked = true;
	assert_false(RUN(80, 25, LOOK(1, sees_an_empty_menu_count)).person);
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
	menu_stock[0].options = (struct str){long_options, EDIT_MAX};
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
	menu_stock[0].options = (struct str){long_options, EDIT_MAX + 1};
	struct menu_choice c =
		RUN(80, 25, PRESS(1, 'e'), LOOK(2, sees_a_refusal), PRESS(2, KEY_ENTER));
	assert_int_equal(c.options.n, EDIT_MAX + 1);
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

#define TEST(name) cmocka_unit_test_setup(name, menu_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_countdown_boots_the_selected_entry),
		TEST(any_key_stops_the_countdown_for_good),
		TEST(enter_boots_and_q_leaves),
		TEST(keys_move_the_bar_and_stop_at_the_ends),
		TEST(with_timeout_0_nothing_is_drawn),
		TEST(with_timeout_0_a_key_pressed_before_brings_the_menu_and_does_nothing_else),
		TEST(without_a_countdown_the_menu_waits_for_ever),
		TEST(e_edits_the_options_of_one_boot),
		TEST(escape_leaves_the_editor_and_forgets),
		TEST(the_host_may_lock_the_editor),
		TEST(from_a_locked_menu_nobody_leaves),
		TEST(nor_from_a_locked_menu_without_entries),
		TEST(long_options_are_edited_over_many_rows),
		TEST(options_too_long_for_the_editor_are_never_cut),
		TEST(an_empty_menu_returns_to_the_firmware),
		TEST(an_empty_menu_stays_when_a_key_is_pressed),
		TEST(a_menu_whose_entries_all_failed_leaves),
	};

	return cmocka_run_group_tests_name("menu", tests, NULL, NULL);
}
