/* A menu on a console without a terminal. */
#include "test/unit/menu_world.h"

#include "test/unit/platform.h"
#include "test/unit/test.h"

struct entry menu_stock[MANY];
static struct item items[MANY];
static char titles[MANY][16];
struct menu menu;

int menu_setup(void **state)
{
	(void)state;
	memset(menu_stock, 0, sizeof(menu_stock));
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(titles[i], sizeof(titles[i]), "Entry %u", i);
		menu_stock[i].title = str_of(titles[i]);
		menu_stock[i].options = S("ro quiet");
		items[i].entry = &menu_stock[i];
	}
	menu = (struct menu){.entries = items,
			     .count = 3,
			     .countdown = true,
			     .seconds = 5,
			     .leaving = "Returning to the firmware"};
	platform_waits = 0;
	return 0;
}

struct menu_choice run_menu(unsigned columns, unsigned rows, const struct console_event *events,
			    size_t n)
{
	console_script(columns, rows, events, (unsigned)n);
	return menu_run(&menu);
}

void assert_boots(struct menu_choice c, unsigned selected, const char *options)
{
	assert_int_equal(c.answer, MENU_BOOT);
	assert_int_equal(menu.selected, selected);
	assert_int_equal(c.options.n, strlen(options));
	assert_memory_equal(c.options.p, options, c.options.n);
}

unsigned row_of(const char *text)
{
	for (unsigned y = 0; y < console_size().rows; y++) {
		if (strncmp(console_row(y), text, strlen(text)) == 0)
			return y;
	}
	print_error("no row begins with '%s'\n", text);
	assert_true(false);
	return 0;
}

void assert_style(unsigned row, enum style style)
{
	struct colours is = console_colours(row), wanted = style_colours(style);

	assert_int_equal(is.text, wanted.text);
	assert_int_equal(is.background, wanted.background);
}

bool is_shown(const char *text)
{
	for (unsigned y = 0; y < console_size().rows; y++) {
		if (strstr(console_row(y), text) != NULL)
			return true;
	}
	return false;
}
