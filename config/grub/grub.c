/* A grub.cfg becomes a menu: sets what GRUB on EFI would have set, runs the script, and collects
 * what it says. */
#include "config/image/arch.h"
#include "config/parse.h"

#include "base/mem.h"
#include "config/grub/blocks.h"
#include "config/grub/file.h"
#include "config/grub/menu.h"
#include "config/grub/words.h"
#include "config/lines/path.h"

/* The order in which GRUB meets volumes: disk by disk, a disk before its partitions, and of those
 * the last one first. */
static bool comes_before(const struct place *a, const struct place *b)
{
	if (a->disk != b->disk)
		return a->disk < b->disk;
	if (a->partition == 0 || b->partition == 0)
		return a->partition == 0 && b->partition != 0;
	return a->partition > b->partition;
}

/* Lists the volumes in GRUB's order; the script's own is always among them. Returns its place, or
 * NULL when memory is used up. */
static const struct place *list_places(struct grub *g)
{
	const struct places *from = g->p->places;
	struct place *p = arena_array(&g->heap, (size_t)from->count + 1, sizeof(*p));
	unsigned n = 0;

	if (p == NULL)
		return NULL;
	for (unsigned i = 0; i <= from->count; i++) {
		struct place own = {g->p->volume, 0, 0};
		const struct place *add = i < from->count ? &from->p[i] : &own;
		unsigned to = n;
		bool listed = false;

		for (unsigned j = 0; i == from->count && j < n; j++)
			listed |= p[j].volume == g->p->volume;
		if (listed)
			break;
		for (; to > 0 && comes_before(add, &p[to - 1]); to--)
			p[to] = p[to - 1];
		p[to] = *add;
		n++;
	}
	g->places = (struct places){.p = p, .count = n};
	while (p->volume != g->p->volume)
		p++;
	return p;
}

/* Sets and exports the variables that GRUB's kernel and its module `normal` set. */
static void set_world(struct grub *g, const struct place *own)
{
	struct str world =
		S("grub_cpu= grub_platform=efi color_normal=light-gray/black "
		  "color_highlight=black/light-gray pager= feature_200_final=y "
		  "feature_all_video_module=y feature_chainloader_bpb=y "
		  "feature_default_font_path=y feature_menuentry_id=y "
		  "feature_menuentry_options=y feature_nativedisk_cmd=y feature_ntldr=y "
		  "feature_platform_search_hint=y feature_timeout_style=y root= prefix=");
	char buf[GRUB_DEVICE_BYTES];
	struct str device = grub_device_name(own, buf), directory, prefix;

	directory = path_directory(g->p->path);
	if (!str_fmt(&g->heap, &prefix, "(%.*s)%.*s", STR_ARG(device), STR_ARG(directory)))
		grub_no_room(g);
	while (world.n > 0) {
		struct str value = str_cut(&world, ' '), name = str_cut(&value, '=');

		grub_set(g, name, value);
		if (!grub_env_export(g->frame.env, name))
			grub_no_room(g);
	}
	grub_set(g, S("grub_cpu"), str_of(guest_arch()->grub_cpu));
	grub_set(g, S("root"), device);
	grub_set(g, S("prefix"), prefix);
	g->fedora = str_ends(prefix, S("/grub2"));
}

/* Reports what may have kept a script from yielding an entry. */
static void tell_reasons(struct grub *g)
{
	struct str path = g->p->path;

	for (unsigned i = 0; i < g->reasons_n; i++) {
		g->p->path = g->reasons[i].path;
		parse_note(g->p, g->reasons[i].line, "%.*s", STR_ARG(g->reasons[i].text));
	}
	g->p->path = path;
}

/* True when the guest writes to its block after each boot, as Ubuntu does to take recordfail out.
 */
static bool is_confirmed(struct str script)
{
	for (; script.n > 0; script = str_skip(script, 1)) {
		if (str_starts(script, S("save_env recordfail")))
			return true;
	}
	return false;
}

/* Runs the script once. With ONCE, a one-shot choice in grubenv counts. *ASKED tells whether there
 * is one. */
static enum status run(struct parse *p, struct str text, bool once, bool *asked)
{
	struct grub_env env;
	struct grub_boot boot = {0};
	struct grub_menu menu = {0};
	struct grub_file file = {.volume = p->volume, .path = p->path};
	struct grub g = {.p = p,
			 .heap = {.limit = GRUB_HEAP_MAX},
			 .frame = {.env = &env, .menu = &menu, .boot = &boot},
			 .file = &file,
			 .work_max = GRUB_WORK_MAX,
			 .confirmed = is_confirmed(text),
			 .once = once};
	const struct place *own = list_places(&g);
	enum status status;

	grub_env_open(&env, NULL, false);
	g.low = arena_alloc(&g.heap, GRUB_WORDS_MAX);
	if (own == NULL || g.low == NULL) {
		g.status = fail(p->report, E_NO_MEMORY, "no memory for GRUB's script");
	} else {
		g.high = (struct str *)(void *)(g.low + GRUB_WORDS_MAX);
		set_world(&g, own);
		grub_run_file(&g, &file, text);
	}
	status = g.status;
	if (p->config->count == 0 && g.stopped && boot.loaded) {
		g.frame.title = g.frame.id = boot.path;
		p->config->default_entry = grub_menu_make(&g, &boot, 1);
	} else if (p->config->count == 0 && (status == OK || status == E_LIMIT)) {
		/* Of a script that reached a bound, the entries up to there are shown. */
		g.stopped = false;
		g.status = OK;
		g.work_max = g.work + GRUB_WORK_MAX;
		if (menu.count > 0)
			grub_menu_show(&g, &menu);
	}
	if (p->config->count == 0)
		tell_reasons(&g);
	*asked = g.asked;
	if (g.status == OK)
		p->config->kept = grub_blocks_kept(&g);
	grub_env_close(&env);
	arena_free(&g.heap);
	return g.status != OK ? g.status : status;
}

/* The entry of TO at the place that E has in FROM; NULL when that has another id. */
static struct entry *same_place(const struct config *from, const struct config *to,
				const struct entry *e)
{
	struct entry *twin = to->first;

	for (const struct entry *i = from->first; i != e && twin != NULL; i = i->next)
		twin = twin->next;
	return twin != NULL && str_eq(twin->id, e->id) ? twin : NULL;
}

/* Each entry of TO takes over what its twin in FROM wants to be kept. */
static void take_kept(const struct config *from, const struct config *to)
{
	struct entry *twin = to->first;

	for (const struct entry *e = from->first; e != NULL && twin != NULL; e = e->next) {
		twin->kept_once = e->kept;
		twin = twin->next;
	}
}

enum status grub_cfg_read(struct parse *p)
{
	struct config with_once = {0};
	struct parse again = *p;
	const struct entry *chosen;
	size_t mark;
	struct str text;
	bool asked, ignored;
	enum status status = parse_load(p, &text), second;

	if (status != OK)
		return status;
	status = run(p, text, false, &asked);
	if (!asked || status != OK)
		return status;
	/* Only a run of the script with the one-shot choice shows which entry it means. */
	with_once.texts = p->config->texts;
	again.config = &with_once;
	mark = report_mark(p->report);
	second = run(&again, text, true, &ignored);
	if (second == E_NO_MEMORY)
		return second;
	report_rewind(p->report, mark);
	p->config->texts = with_once.texts;
	chosen = with_once.default_entry;
	if (second != OK || chosen == NULL)
		return OK;
	p->config->once = same_place(&with_once, p->config, chosen);
	p->config->kept_once = with_once.kept;
	take_kept(&with_once, p->config);
	if (p->config->once == NULL)
		note(p->report,
		     "%.*s: the one-shot choice '%.*s' is left out: with it the script makes "
		     "another menu",
		     STR_ARG(p->path), STR_ARG(chosen->id));
	return OK;
}
