/* menuentry and submenu, and which one GRUB would choose. */
#include "config/grub/menu.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "config/grub/blocks.h"
#include "config/grub/commands.h"
#include "config/grub/number.h"
#include "config/grub/options.h"
#include "config/grub/words.h"
#include "config/lines/text.h"
#include "fs/volume.h"

/* Seconds to wait where GRUB would wait for ever because the last boot failed. */
#define RECORDFAIL_TIMEOUT 30

/* Adds an entry to the menu that is being read. */
static void add_item(struct grub *g, const struct grub_item *item)
{
	struct grub_item *copy;

	if (g->frame.menu->count == ENTRIES_MAX) {
		grub_limit(g, "it has more entries than a menu may have");
		return;
	}
	copy = arena_array(&g->heap, 1, sizeof(*copy));
	if (copy == NULL) {
		grub_no_room(g);
		return;
	}
	*copy = *item;
	if (g->frame.menu->last != NULL)
		g->frame.menu->last->next = copy;
	else
		g->frame.menu->first = copy;
	g->frame.menu->last = copy;
	g->frame.menu->count++;
}

void grub_menu_add(struct grub *g, struct grub_file *file, struct str title, struct str id,
		   struct str source)
{
	struct grub_item item = {.title = title, .id = id, .code = {.file = file}};
	struct str *v = arena_array(&g->heap, 1, sizeof(*v));

	if (v == NULL) {
		grub_no_room(g);
		return;
	}
	v[0] = title;
	item.args = (struct grub_scope){v, 1};
	item.code.at = grub_lex_start(source, 1);
	grub_lex(&item.code.at);
	add_item(g, &item);
}

int grub_cmd_menuentry(struct grub *g, struct grub_args *args)
{
	enum { SOURCE, ID };
	static const struct grub_option table[] = {
		{"source", 0, OPTION_VALUE},
		{"id", 0, OPTION_VALUE},
		{"class", 0, OPTION_VALUE},
		{"users", 0, OPTION_VALUE},
		{"hotkey", 0, OPTION_VALUE},
		{"unrestricted", 0, OPTION_FLAG},
		{0},
	};
	struct grub_item item = {.code = {.file = g->file},
				 .submenu = args->variant == GRUB_SUBMENU};
	struct grub_options said;
	struct str source, *v;

	if (!grub_options(args, table, true, &said) || args->n == 0 ||
	    said.set[SOURCE] == (args->block != NULL))
		return GRUB_BAD_ARGUMENT;
	if (g->frame.menu == NULL)
		return GRUB_OK;
	if (args->block != NULL) {
		item.code.at = *args->block;
	} else {
		if (!str_fmt(&g->heap, &source, "{\n%.*s\n}\n", STR_ARG(said.value[SOURCE])))
			grub_no_room(g);
		item.code.at = grub_lex_start(source, g->line);
		grub_lex(&item.code.at);
	}
	v = arena_array(&g->heap, args->n, sizeof(*v));
	if (v == NULL) {
		grub_no_room(g);
		return GRUB_OK;
	}
	for (unsigned i = 0; i < args->n; i++)
		v[i] = grub_keep(g, args->v[i]);
	item.args = (struct grub_scope){v, args->n};
	item.title = v[0];
	item.id = said.value[ID].n > 0 ? grub_keep(g, said.value[ID]) : v[0];
	add_item(g, &item);
	return GRUB_OK;
}

/* True when SPEC, up to the first '>' that stands alone, is NAME; ">>" is a '>' of the name. */
static bool is_named(struct str name, struct str spec)
{
	size_t i = 0, j = 0;

	for (;;) {
		bool more = j < spec.n;

		if (more && spec.p[j] == '>') {
			if (j + 1 == spec.n || spec.p[j + 1] != '>')
				return i == name.n;
			j++;
		}
		if (i == name.n || !more)
			return i == name.n && !more;
		if (name.p[i++] != spec.p[j++])
			return false;
	}
}

/* The part behind the first '>' that stands alone; "" when there is none. */
static struct str behind_path(struct str spec)
{
	for (size_t i = 0; i < spec.n; i++) {
		if (spec.p[i] != '>')
			continue;
		if (i + 1 == spec.n || spec.p[i + 1] != '>')
			return str_skip(spec, i + 1);
		i++;
	}
	return (struct str){0};
}

/* NULL for a number below 0 or past the last. */
static struct grub_item *nth(const struct grub_menu *menu, int n)
{
	struct grub_item *item = n >= 0 ? menu->first : NULL;

	while (item != NULL && n-- > 0)
		item = item->next;
	return item;
}

/* The entry that blscfg made whose id is SPEC. */
static struct grub_item *with_bls_id(const struct grub_menu *menu, struct str spec)
{
	struct grub_item *item = menu->first;

	while (item != NULL && !(item->code.file->bls && is_named(item->id, spec)))
		item = item->next;
	return item;
}

/* The entry that SPEC names. Fedora's GRUB tries ids, then titles, then a number. Other GRUBs take
 * a SPEC that begins with a number for one, and any other for an id or a title. An id that blscfg
 * made may begin with a number too, a machine id or a version: it goes before the number. */
static struct grub_item *pick(const struct grub *g, const struct grub_menu *menu, struct str spec)
{
	struct grub_item *by_title = NULL, *by_id;
	size_t end;
	uint64_t n;
	int result = grub_number(spec, 0, &n, &end), number = (int)(uint32_t)n;

	if (result != GRUB_BAD_NUMBER && !g->fedora) {
		by_id = end < spec.n ? with_bls_id(menu, spec) : NULL;
		return by_id != NULL ? by_id : nth(menu, number);
	}
	for (struct grub_item *item = menu->first; item != NULL; item = item->next) {
		bool id = is_named(item->id, spec), title = is_named(item->title, spec);

		if (id || (title && !g->fedora))
			return item;
		if (title && by_title == NULL)
			by_title = item;
	}
	if (by_title != NULL || result != GRUB_OK || end != spec.n)
		return by_title;
	return nth(menu, number);
}

/* Joins the names of the submenus around an entry and its own: "a>b". A name that is too long is
 * cut. */
static struct str join(struct grub *g, struct str path, struct str name, bool escape)
{
	char *start = g->low;
	struct str joined;

	name = utf8_cut(name, TITLE_BYTES);
	grub_words_bytes(g, path);
	if (path.n > 0)
		grub_words_bytes(g, S(">"));
	for (size_t i = 0; i < name.n; i++) {
		if (escape && name.p[i] == '>')
			grub_words_bytes(g, S(">"));
		grub_words_bytes(g, (struct str){name.p + i, 1});
	}
	joined = grub_keep(g, (struct str){start, (size_t)(g->low - start)});
	g->low = start;
	return joined;
}

/* Runs the body of an entry. One that reaches a bound spoils its own entry only. */
static void run_body(struct grub *g, struct grub_item *item)
{
	size_t work_max = g->work_max;
	struct grub_mark mark = grub_words_mark(g);
	unsigned nesting = g->nesting;

	if (g->work_max - g->work > GRUB_WORK_ENTRY)
		g->work_max = g->work + GRUB_WORK_ENTRY;
	grub_run_code(g, &item->code, item->args);
	g->work_max = work_max;
	if (g->status == E_LIMIT && g->work < work_max) {
		g->frame.boot->problem = S("its script reached a limit and was ended");
		g->frame.boot->loaded = false;
		g->status = OK;
	}
	grub_words_release(g, mark);
	g->nesting = nesting;
	g->stopped = g->returning = false;
	g->breaks = g->loops = 0;
}

/* Makes the entry of what the body of ITEM loaded. */
static void make_entry(struct grub *g, struct grub_item *item)
{
	struct grub_file *file = g->file;

	grub_enter(g, item->code.file);
	item->entry = grub_menu_make(g, g->frame.boot, item->code.at.begins);
	item->found = g->frame.boot->found && item->entry != NULL && item->entry->problem.n == 0;
	grub_enter(g, file);
}

/* Runs an entry or a submenu in a frame of its own. BOOT is on the heap, because submenus recurse
 * here and the firmware's stack is small. */
static void run_item(struct grub *g, struct grub_item *item)
{
	const struct grub_frame outer = g->frame;
	struct grub_env env;
	struct grub_menu below = {0};
	struct grub_boot *boot = arena_array(&g->heap, 1, sizeof(*boot));
	struct str tail = behind_path(grub_get(g, S("default")));

	if (boot == NULL) {
		grub_no_room(g);
		return;
	}
	grub_env_open(&env, outer.env, item->submenu && !g->fedora);
	boot->outer = outer.boot;
	/* cppcheck-suppress autoVariables; put back below */
	g->frame = (struct grub_frame){
		.blocks = outer.blocks,
		.env = &env,
		.menu = item->submenu ? &below : NULL,
		.boot = boot,
		.title = join(g, outer.title, item->title, false),
		.id = join(g, outer.id, item->id, true),
	};
	g->nesting++; /* run_body() refuses what is too deep */
	grub_set(g, S("chosen"), g->frame.id);
	if (tail.n > 0)
		grub_set(g, S("default"), tail);
	else if (!g->fedora && !grub_env_unset(&env, S("default")))
		grub_no_room(g);
	run_body(g, item);
	if (boot->menu != NULL) {
		item->entry = boot->menu;
		item->found = boot->menu_found;
	} else if (below.count > 0) {
		item->entry = grub_menu_read(g, &below, &item->found);
	} else if (!item->submenu && grub_going(g)) {
		make_entry(g, item);
	}
	g->nesting--;
	g->frame = outer;
	grub_env_close(&env);
}

struct entry *grub_menu_read(struct grub *g, struct grub_menu *menu, bool *found)
{
	struct grub_item *chosen = pick(g, menu, grub_get(g, S("default")));
	struct str rest = grub_get(g, S("fallback"));

	if (chosen == NULL)
		chosen = menu->first;
	if (chosen == NULL)
		return NULL;
	for (struct grub_item *item = menu->first; item != NULL && grub_going(g); item = item->next)
		run_item(g, item);
	while (!chosen->found && rest.n > 0) {
		struct grub_item *next = pick(g, menu, text_word(&rest));

		if (next != NULL && next->found)
			chosen = next;
	}
	*found = chosen->found;
	return chosen->entry;
}

/* Why the entry cannot boot; "" when nothing is known against it. */
static struct str problem_of(struct grub *g, const struct grub_boot *b)
{
	struct str s = {0};
	bool ok = true;

	if (b->problem.n > 0 && (!b->loaded || b->volume != NULL))
		ok = str_dup(g->p->arena, b->problem, &s);
	else if (!b->loaded && b->other.n > 0)
		ok = str_fmt(g->p->arena, &s,
			     "'%.*s' is not for Partless, which starts Linux kernels and EFI "
			     "programs",
			     STR_ARG(b->other));
	else if (!b->loaded && b->missing.n == 0 && b->failed.n == 0)
		s = S("the entry starts nothing");
	else if (!b->loaded)
		ok = str_fmt(g->p->arena, &s, "%.*s%s%.*s", STR_ARG(b->missing),
			     b->missing.n > 0 && b->failed.n > 0 ? "; " : "", STR_ARG(b->failed));
	else if (b->volume == NULL && b->missing.n > 0)
		ok = str_dup(g->p->arena, b->missing, &s);
	else if (b->volume == NULL)
		ok = str_fmt(g->p->arena, &s, "no volume of this machine holds %.*s",
			     STR_ARG(b->path));
	if (!ok)
		grub_no_room(g);
	return s;
}

/* A failed search may be why an entry looks for its files on the wrong volume. Returns the last one
 * that failed, of the entry or of the menus around it; "" when a later one succeeded or none
 * failed. */
static struct str sought_by(struct grub *g, const struct grub_boot *b)
{
	struct str s = {0};

	while (b != NULL && b->missing.n == 0)
		b = b->searched ? NULL : b->outer;
	if (b != NULL && !str_fmt(g->p->arena, &s, "%.*s:%u: %.*s", STR_ARG(b->missing_path),
				  b->missing_line, STR_ARG(b->missing)))
		grub_no_room(g);
	return s;
}

struct entry *grub_menu_make(struct grub *g, const struct grub_boot *b, unsigned line)
{
	struct arena *a = g->p->arena;
	struct entry *e;
	bool ok = true;

	g->status = parse_entry(g->p, line, &e);
	if (g->status != OK)
		return NULL;
	if (b->volume != NULL)
		e->volume = b->volume;
	e->menu = g->file->volume;
	e->kind = b->kind;
	e->problem = problem_of(g, b);
	e->sought = sought_by(g, b);
	e->kept = grub_blocks_kept(g);
	ok = str_dup(a, g->p->path, &e->from) && str_dup(a, g->frame.title, &e->title) &&
	     str_dup(a, g->frame.id, &e->id) && str_dup(a, b->path, &e->kernel) &&
	     str_dup(a, b->options, &e->options);
	for (unsigned i = 0; ok && i < b->initrds; i++)
		ok = str_dup(a, b->initrd[i], &e->initrd[e->initrds++]);
	if (!ok)
		g->status = fail(g->p->report, E_NO_MEMORY, "no memory for the boot menu");
	return e;
}

void grub_menu_show(struct grub *g, struct grub_menu *menu)
{
	struct config *c = g->p->config;
	struct str timeout = grub_get(g, S("timeout")), wanted = grub_get(g, S("default"));
	bool failed = str_eq(grub_get(g, S("recordfail")), S("1"));
	uint64_t n;
	bool said = grub_number(timeout, 0, &n, NULL) == GRUB_OK && (int)(uint32_t)n >= 0, found;
	uint32_t seconds = (uint32_t)n;

	c->timeout_said = said || (failed && timeout.n > 0);
	if (wanted.n > 0 && menu->first != NULL && pick(g, menu, wanted) == NULL)
		note(g->p->report, "%.*s on %.*s: no entry matches its default, '%.*s'",
		     STR_ARG(g->file->path), STR_ARG(g->file->volume->name),
		     STR_ARG(utf8_cut(wanted, TITLE_BYTES)));
	c->timeout = !said ? RECORDFAIL_TIMEOUT : seconds < TIMEOUT_MAX ? seconds : TIMEOUT_MAX;
	c->default_entry = grub_menu_read(g, menu, &found);
}
