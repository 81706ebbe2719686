/* `blscfg` and `uki` add entries of the Boot Loader Specification, and unified kernel images, to
 * the menu. `blscfg` is two commands: Fedora's takes a word, GRUB 2.14's takes options. Every
 * script may use both. Each entry becomes a short script, which is run as the body of a menuentry
 * is. */
#include "config/bls/bls.h"
#include "config/grub/commands.h"
#include "config/grub/file.h"
#include "config/grub/menu.h"
#include "config/grub/number.h"
#include "config/grub/options.h"
#include "config/lines/path.h"
#include "config/lines/version.h"
#include "fs/volume.h"

/* A file that may be an entry. */
struct candidate {
	struct candidate *next;
	struct str name;
	struct grub_file file;
};

/* A command while it runs. */
struct listing {
	struct grub *g;
	bool images;         /* uki */
	bool fedora;         /* as Fedora's command does it */
	bool fallback;       /* look in the usual folder when the named one has nothing */
	bool defaults;       /* the default entry is wanted */
	bool others;         /* the entries that are not the default are wanted */
	struct str one;      /* the entry of this name is wanted */
	struct volume *v;    /* where the entries lie */
	struct str folder;   /* as the command names it; "" when it does not */
	struct str suffix;   /* of the files' names */
	unsigned count;      /* files in the list */
	bool more;           /* there are more than that */
	struct candidate *c; /* the files, the newest first */
	struct text text;    /* the script in the making */
};

static struct str stem(const struct listing *l, struct str name)
{
	return (struct str){name.p, name.n - l->suffix.n};
}

static int compare(const struct listing *l, struct str a, struct str b)
{
	return l->fedora ? version_compare_grub(stem(l, a), stem(l, b))
			 : version_compare_file(a, b);
}

/* Adds the file PATH, which lives on the heap, at its place in the list. Of two names with the same
 * version GRUB takes the first that it meets. */
static void add_file(struct listing *l, struct str path)
{
	struct candidate *c = arena_array(&l->g->heap, 1, sizeof(*c)), **at = &l->c;
	int order = 1;

	if (c == NULL) {
		grub_no_room(l->g);
		return;
	}
	c->name = path_name(path);
	c->file = (struct grub_file){.up = l->g->file, .volume = l->v, .path = path, .bls = true};
	while (*at != NULL && (order = compare(l, (*at)->name, c->name)) > 0) {
		grub_charge(l->g, c->name.n);
		at = &(*at)->next;
	}
	if (*at != NULL && order == 0)
		return;
	c->next = *at;
	*at = c;
	l->count++;
}

static enum status take_name(void *context, struct str name, enum file_type type)
{
	struct listing *l = context;
	struct str path;

	if (!str_ends(name, l->suffix) || name.p[0] == '.' || type == FILE_DIRECTORY)
		return OK;
	l->more = l->count == ENTRIES_MAX;
	if (l->more)
		return E_LIMIT;
	if (str_fmt(&l->g->heap, &path, "%.*s/%.*s", STR_ARG(l->folder), STR_ARG(name)))
		add_file(l, path);
	else
		grub_no_room(l->g);
	return grub_going(l->g) ? OK : E_LIMIT;
}

static void list(struct listing *l)
{
	struct grub *g = l->g;
	size_t mark = report_mark(g->p->report);

	grub_charge(g, GRUB_WORK_DISK);
	if (!grub_going(g))
		return;
	l->folder.n -= str_ends(l->folder, S("/"));
	grub_is_ok(g, mark, vol_list(l->v, l->folder.n > 0 ? l->folder : S("/"), take_name, l));
	if (l->more)
		note(g->p->report, "%.*s: more than %u entries: the rest is not read",
		     STR_ARG(l->folder), ENTRIES_MAX);
}

/* Lists the named folder, and the usual one where that has nothing. */
static void list_folders(struct listing *l)
{
	struct grub *g = l->g;

	if (l->folder.n > 0)
		list(l);
	if (l->count > 0 || !l->fallback || !grub_going(g))
		return;
	g->status = path_find(g->p, l->v, l->images ? S("/EFI/Linux") : S("/loader/entries"),
			      &l->folder);
	if (g->status == OK)
		list(l);
}

/* The value of the next line of *REST that has KEY; "" when there is none. */
static struct str next_value(struct str *rest, const char *key)
{
	struct str value = S("");

	while (rest->n > 0 && value.n == 0) {
		struct str line = str_trim(str_cut(rest, '\n'));

		if (str_eq(text_word(&line), str_of(key)))
			value = line;
	}
	return value;
}

static struct str value_of(struct str text, const char *key)
{
	return next_value(&text, key);
}

/* Adds S with the values of its variables, as GRUB does when it lists the entry. A value, even of
 * several words, has a blank behind it; the blank that follows the variable in S is dropped. In
 * Fedora's GRUB a backslash keeps the '$' for the script. */
static void add_expanded(struct listing *l, struct str s)
{
	while (s.n > 0) {
		size_t at = str_find(s, '$');
		struct str name;

		if (at > 0 && at < s.n && l->fedora && s.p[at - 1] == '\\') {
			text_add(&l->text, (struct str){s.p, at + 1});
			s = str_skip(s, at + 1);
			continue;
		}
		text_add(&l->text, (struct str){s.p, at});
		s = str_skip(s, at);
		if (!str_cut_prefix(&s, S("$")))
			return;
		at = grub_lex_variable(s, &name);
		s = str_skip(s, at);
		if (at > 0 && grub_env_has(l->g->frame.env, name)) {
			text_add(&l->text, grub_get(l->g, name));
			text_add(&l->text, S(" "));
		}
		(void)str_cut_prefix(&s, S(" "));
	}
}

/* Adds the `initrd` command. Fedora's $early_initrd names initrds that lie beside the entry's own
 * and come before them. */
static void add_initrds(struct listing *l, struct str text, struct str kernel)
{
	struct str early = grub_get(l->g, S("early_initrd")), own = value_of(text, "initrd");
	struct str first = own, beside = path_directory(own.n > 0 ? text_word(&first) : kernel);

	if (own.n == 0 && early.n == 0)
		return;
	text_add(&l->text, S("\ninitrd"));
	for (struct str name; (name = text_word(&early)).n > 0;) {
		text_add(&l->text, S(" "));
		text_add(&l->text, beside);
		text_add(&l->text, S("/"));
		text_add(&l->text, name);
	}
	while ((own = next_value(&text, "initrd")).n > 0)
		text_join(&l->text, own);
}

/* Makes the script of an entry that starts PROGRAM with COMMAND. */
static struct str make_script(struct listing *l, struct candidate *c, struct str text,
			      const char *command, struct str program)
{
	struct str options = value_of(text, "options");
	bool linux = command[0] == 'l';

	l->text.n = 0;
	l->text.full = false;
	text_add(&l->text, S("{\n"));
	if (linux && str_eq(grub_get(l->g, S("save_default")), S("true")))
		text_add(&l->text, S("savedefault\n"));
	text_add(&l->text, str_of(command));
	text_join(&l->text, program);
	text_add(&l->text, S(" "));
	if (options.n == 0 && linux)
		options = grub_get(l->g, S("default_kernelopts"));
	add_expanded(l, options);
	if (linux)
		add_initrds(l, text, program);
	text_add(&l->text, S("\n}\n"));
	if (l->text.full) {
		note(l->g->p->report, "%.*s: its options or initrds are more than 65535 bytes long",
		     STR_ARG(c->file.path));
		return S("{\n}\n");
	}
	return grub_keep(l->g, (struct str){l->text.p, l->text.n});
}

/* True when $default names the entry. GRUB 2.14 compares the whole name of the file. With BY_ID the
 * id, without the suffix, counts as well: the menu would take that for the entry. */
static bool is_default(struct listing *l, const struct candidate *c, struct str title,
		       unsigned index, bool by_id)
{
	struct str name = grub_get(l->g, S("default"));
	size_t end;
	uint64_t number;
	bool is_number = grub_number(name, 0, &number, &end) == GRUB_OK;

	if (name.n == 0)
		return false;
	return str_eq(name, c->name) || str_eq(name, title) ||
	       ((by_id || l->fedora) && str_eq(name, stem(l, c->name))) ||
	       (is_number && (end == name.n || l->fedora) && number == index);
}

static bool is_wanted(struct listing *l, const struct candidate *c, struct str title,
		      unsigned index)
{
	return (l->defaults && is_default(l, c, title, index, true)) ||
	       (l->others && !is_default(l, c, title, index, false)) ||
	       (l->one.n > 0 && (str_eq(l->one, c->name) || str_eq(l->one, stem(l, c->name))));
}

/* Reads the file of an entry; false, reported, when it cannot be read. */
static bool load(struct listing *l, const struct candidate *c, struct str *text)
{
	struct grub *g = l->g;
	enum status status;

	grub_charge(g, GRUB_WORK_DISK);
	if (!grub_has_room(g, BLS_FILE_MAX))
		return false;
	status = text_load(g->p, l->v, c->file.path, BLS_FILE_MAX, &g->heap, text);
	return grub_is_ok(g, report_mark(g->p->report), status);
}

/* Adds one entry. A file that names no program adds none, but takes its number. */
static void show_entry(struct listing *l, struct candidate *c, unsigned *index)
{
	struct str text, title, program, script;
	const char *command = "linux";

	if (!load(l, c, &text))
		return;
	title = value_of(text, "title");
	program = value_of(text, command);
	if (l->fedora && value_of(text, "efi").n > 0) {
		command = "chainloader";
		program = value_of(text, "efi");
	}
	if (is_wanted(l, c, title, (*index)++) && program.n > 0) {
		script = make_script(l, c, text, command, program);
		grub_menu_add(l->g, &c->file, title.n > 0 ? title : program, stem(l, c->name),
			      script);
	}
}

/* Adds one image. GRUB lists none that does not name its system. */
static void show_image(struct listing *l, struct candidate *c, unsigned *index)
{
	struct grub *g = l->g;
	struct bls_item item = {0};
	struct parse p = *g->p;
	struct str script;

	grub_charge(g, GRUB_WORK_DISK);
	if (!grub_going(g))
		return;
	p.volume = l->v;
	p.path = c->file.path;
	g->status = bls_parse_image(&p, &l->text, &item);
	if (g->status != OK || !is_wanted(l, c, S(""), (*index)++) || item.entry.title.n == 0)
		return;
	if (!str_fmt(&g->heap, &script, "{\nchainloader %.*s\n}\n",
		     STR_ARG(grub_full_name(g, l->v, p.path))))
		grub_no_room(g);
	else
		grub_menu_add(g, &c->file, item.entry.title, c->name, script);
}

/* Decides where to look for entries. PATH is a file, a folder, a device, or "". Returns GRUB_OK or
 * GRUB's error. */
static int set_place(struct listing *l, struct str path)
{
	struct grub *g = l->g;
	struct str device = grub_get(g, S("root"));
	const struct place *place;
	struct grub_path at;
	struct file_info info;
	int result;

	if (path.n > l->suffix.n && str_ends(path, l->suffix)) {
		result = grub_path(g, path, &at);
		if (result != GRUB_OK)
			return result;
		if (!grub_look(g, at, true, &info))
			return GRUB_NOT_FOUND;
		l->v = at.volume;
		l->fallback = false;
		add_file(l, grub_keep(g, at.path));
		return GRUB_OK;
	}
	if (str_cut_prefix(&path, S("("))) {
		device = str_cut(&path, ')');
		path = path.n > 0 ? path : S("/");
	}
	place = grub_device(g, device);
	if (place == NULL)
		return GRUB_NO_DEVICE;
	l->v = place->volume;
	if (str_starts(path, S("/"))) {
		l->folder = grub_keep(g, path);
	} else {
		l->folder = l->images ? S("") : grub_keep(g, grub_get(g, S("blsdir")));
		l->fallback = true;
	}
	return GRUB_OK;
}

/* Takes the word of Fedora's command: which entries are wanted. */
static void take_word(struct listing *l, struct str word, struct str *path)
{
	if (str_eq(word, S("default")))
		l->defaults = true;
	else if (str_eq(word, S("non-default")))
		l->others = true;
	else if (str_starts(word, S("(")))
		*path = word;
	else
		l->one = word;
}

static void show(struct listing *l)
{
	unsigned index = 0;

	list_folders(l);
	if (l->count > 0 && grub_going(l->g) && !text_init(&l->text, &l->g->heap))
		grub_no_room(l->g);
	for (struct candidate *c = l->c; c != NULL && grub_going(l->g); c = c->next) {
		if (l->images)
			show_image(l, c, &index);
		else
			show_entry(l, c, &index);
	}
}

int grub_cmd_blscfg(struct grub *g, struct grub_args *args)
{
	enum { PATH, FALLBACK, DEFAULTS, OTHERS, ONE };
	static const struct grub_option table[] = {
		{"path", 'p', OPTION_VALUE},        {"enable-fallback", 'f', OPTION_FLAG},
		{"show-default", 'd', OPTION_FLAG}, {"show-non-default", 'n', OPTION_FLAG},
		{"entry", 'e', OPTION_VALUE},       {0},
	};
	bool images = args->variant == GRUB_UKI;
	bool options = images || (args->n > 0 && str_starts(args->v[0], S("-")));
	struct grub_options said;
	int result;

	if (!grub_options(args, table, false, &said) || (options && args->n > 0))
		return GRUB_BAD_ARGUMENT;

	struct listing l = {.g = g,
			    .images = images,
			    .fedora = g->fedora && !options,
			    .fallback = said.set[FALLBACK],
			    .defaults = said.set[DEFAULTS],
			    .others = said.set[OTHERS],
			    .one = said.value[ONE],
			    .suffix = images ? S(".efi") : S(".conf")};

	if (args->n == 1)
		take_word(&l, args->v[0], &said.value[PATH]);
	if (!l.defaults && !l.others && l.one.n == 0)
		l.defaults = l.others = true;
	if (g->frame.menu == NULL)
		return GRUB_OK;
	result = set_place(&l, said.value[PATH]);
	if (result == GRUB_OK)
		show(&l);
	return result;
}
