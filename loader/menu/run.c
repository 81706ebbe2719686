/* The menu: keys and time in, an entry out. How it looks is in draw.c. */
#include "loader/menu/menu.h"

#include "loader/console.h"
#include "loader/menu/draw.h"
#include "loader/platform.h"

#define CONTROL(letter) ((letter) - '@')

/* The menu while it is shown. */
struct run {
	struct menu *menu;
	struct view view;
	bool done;
	struct menu_choice choice; /* `person` always, the rest when done */
};

static char edited[EDIT_MAX];

static void finish(struct run *r, enum menu_answer answer, struct str options)
{
	r->done = true;
	r->choice.answer = answer;
	r->choice.options = options;
}

static void boot(struct run *r)
{
	finish(r, MENU_BOOT, r->menu->entries[r->menu->selected].entry->options);
}

/* True when the end of the countdown, or Enter where there is no entry, goes back to the firmware.
 */
static bool leaves(const struct menu *m)
{
	return m->count == 0 || m->leave;
}

static void move(struct run *r, int64_t to)
{
	int64_t last = (int64_t)r->menu->count - 1;

	r->menu->selected = (unsigned)(to < 0 ? 0 : to > last ? last : to);
}

static void begin_edit(struct run *r)
{
	struct str options = r->menu->entries[r->menu->selected].entry->options;

	if (r->menu->no_editor.n > 0) {
		r->view.notice = r->menu->no_editor;
		return;
	}
	if (options.n > sizeof(edited)) {
		r->view.notice = S("These options are too long to be edited here.");
		return;
	}
	edit_begin(&r->view.edit, edited, sizeof(edited), options);
	r->view.editing = true;
	draw_clear();
}

static void on_list_key(struct run *r, uint32_t key)
{
	int64_t at = r->menu->selected;

	switch (key) {
	case KEY_ENTER:
		boot(r);
		break;
	case 'e':
	case 'E':
		begin_edit(r);
		break;
	case KEY_UP:
	case CONTROL('P'):
	case 'k':
		move(r, at - 1);
		break;
	case KEY_DOWN:
	case CONTROL('N'):
	case 'j':
		move(r, at + 1);
		break;
	case KEY_PAGE_UP:
		move(r, at - r->view.page);
		break;
	case KEY_PAGE_DOWN:
		move(r, at + r->view.page);
		break;
	case KEY_HOME:
		move(r, 0);
		break;
	case KEY_END:
		move(r, r->menu->count);
		break;
	}
}

static void on_edit_key(struct run *r, uint32_t key)
{
	if (key == KEY_ENTER) {
		finish(r, MENU_BOOT, (struct str){r->view.edit.text, r->view.edit.n});
	} else if (key == KEY_ESCAPE) {
		r->view.editing = false;
		draw_clear();
	} else {
		edit_key(&r->view.edit, key);
	}
}

static bool asks_to_leave(const struct menu *m, uint32_t key)
{
	return !m->locked && (key == 'q' || key == 'Q' || (key == KEY_ENTER && m->count == 0));
}

static void on_key(struct run *r, uint32_t key)
{
	bool stops = r->view.counting;

	r->choice.person = true;
	r->view.counting = false;
	r->view.notice = S("");
	if (stops && leaves(r->menu))
		return; /* "press a key to stay": Enter too */
	if (r->view.editing)
		on_edit_key(r, key);
	else if (asks_to_leave(r->menu, key))
		finish(r, MENU_LEAVE, S(""));
	else if (r->menu->count > 0)
		on_list_key(r, key);
}

/* The countdown has come to its end. */
static void on_end(struct run *r)
{
	if (leaves(r->menu))
		finish(r, MENU_LEAVE, S(""));
	else
		boot(r);
}

/* Draws, and waits for a key or the next second. */
static void step(struct run *r, uint64_t deadline)
{
	uint64_t now = clock_ms();
	uint64_t left = deadline > now ? deadline - now : 0;
	uint32_t key, wait = WAIT_FOREVER;

	if (r->view.counting && left == 0) {
		on_end(r);
		return;
	}
	if (r->view.counting) {
		wait = (uint32_t)((left - 1) % 1000 + 1);
		r->view.seconds = (unsigned)((left + 999) / 1000);
	}
	draw(&r->view);
	key = console_key(wait);
	if (key != KEY_NONE)
		on_key(r, key);
}

struct menu_choice menu_run(struct menu *m)
{
	struct run r = {.menu = m, .view = {.menu = m, .counting = m->countdown}};
	uint64_t deadline;

	if (m->count > 0 && m->selected >= m->count)
		m->selected = m->count - 1;
	if (m->countdown && m->seconds == 0) {
		if (console_key(0) == KEY_NONE) {
			on_end(&r);
			return r.choice;
		}
		/* The key that was pressed asked for the menu and for nothing else. */
		r.choice.person = true;
		r.view.counting = false;
	}
	deadline = clock_ms() + (uint64_t)m->seconds * 1000;
	platform_wait();
	if (m->shown == 0)
		m->shown = clock_ticks();
	draw_clear();
	while (!r.done)
		step(&r, deadline);
	console_clear(); /* what comes next begins at the top */
	return r.choice;
}
