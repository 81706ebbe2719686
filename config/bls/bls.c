/* The menu of the Boot Loader Specification: its folders, its titles, and loader.conf. */
#include "config/bls/bls.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "config/grub/envblk.h"
#include "config/lines/path.h"
#include "fs/volume.h"

/* A property of an entry that may tell it from another with the same title. */
typedef struct str mark_fn(const struct bls_item *);

static struct str version_of(const struct bls_item *i)
{
	return i->entry.version;
}

static struct str machine_of(const struct bls_item *i)
{
	return i->machine_id;
}

static struct str id_of(const struct bls_item *i)
{
	return i->entry.id;
}

static bool is_shared(const struct bls *b, const struct bls_item *item)
{
	for (const struct bls_item *i = b->first; i != NULL; i = i->next) {
		if (i != item && str_eq(i->entry.title, item->entry.title))
			return true;
	}
	return false;
}

static enum status tell_apart(struct bls *b, mark_fn *mark_of)
{
	bool shared[ENTRIES_MAX] = {0};
	unsigned n = 0;

	for (const struct bls_item *i = b->first; i != NULL; i = i->next)
		shared[n++] = is_shared(b, i);
	n = 0;
	for (struct bls_item *i = b->first; i != NULL; i = i->next) {
		struct str mark = utf8_cut(mark_of(i), TITLE_BYTES);
		struct str title = utf8_cut(i->entry.title, TITLE_BYTES);

		if (shared[n++] && mark.n > 0 &&
		    !str_fmt(b->p->arena, &i->entry.title, "%.*s (%.*s)", STR_ARG(title),
			     STR_ARG(mark)))
			return parse_no_memory(b->p);
	}
	return OK;
}

/* loader.conf's `default` is a glob for ids. One that begins with '@' means a variable of EFI.
 * Those are honoured without it (loader/interface/), so it is not reported. */
static void choose_default(struct bls *b, struct parse *conf, unsigned line, struct str glob)
{
	for (struct bls_item *i = b->first; i != NULL; i = i->next) {
		struct entry by_id = {.id = i->entry.id};

		if (entry_match(&by_id, glob)) {
			b->p->config->default_entry = &i->entry;
			return;
		}
	}
	glob = utf8_cut(glob, TITLE_BYTES);
	if (glob.n > 0 && glob.p[0] != '@')
		parse_note(conf, line, "no entry matches the default '%.*s'", STR_ARG(glob));
}

static void take_timeout(struct parse *conf, unsigned line, struct str value)
{
	uint64_t seconds = 0;

	if (str_eq(value, S("menu-force")))
		seconds = TIMEOUT_MAX;
	else if (!str_eq(value, S("menu-hidden")) && !str_eq(value, S("menu-disabled")) &&
		 !str_u64(value, &seconds)) {
		parse_note(conf, line, "'timeout' takes a number of seconds");
		return;
	}
	parse_timeout(conf, seconds);
}

/* The other keys of loader.conf only say how systemd-boot looks. */
static enum status read_loader_conf(struct bls *b, struct str path)
{
	struct parse p = *b->p;
	struct str rest, from = p.config->from;
	enum status status;

	p.path = path;
	p.notes = 0;
	status = parse_load(&p, &rest);
	p.config->from = from;
	for (unsigned line = 1; status == OK && rest.n > 0; line++) {
		struct str value = str_cut(&rest, '\n'), key = text_word(&value);

		if (str_eq(key, S("default")))
			choose_default(b, &p, line, value);
		else if (str_eq(key, S("timeout")))
			take_timeout(&p, line, value);
	}
	b->unreadable |= status == E_IO || status == E_CORRUPT;
	return status == E_NO_MEMORY ? status : OK;
}

/* GRUB's variables, read when the first entry asks for one. */
struct variables {
	struct parse *p;
	bool read;
	struct grubenv block;
};

static void read_grubenv(struct variables *env)
{
	static const char *const paths[] = {"/boot/grub2/grubenv", "/grub2/grubenv",
					    "/boot/grub/grubenv", "/grub/grubenv"};
	enum status status = E_NOT_FOUND;

	env->read = true;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths) && status == E_NOT_FOUND; i++)
		status = grubenv_read(env->p->volume, str_of(paths[i]), env->p->arena, &env->block);
}

/* Looks in grubenv. The variables that entries of Fedora and RHEL use are "" when they are not set.
 * Any other '$' is an ordinary character, as in the specification. */
static bool look_up(void *context, struct str name, struct str *value)
{
	static const char *const known[] = {"kernelopts", "tuned_params", "tuned_initrd"};
	struct variables *env = context;

	if (!env->read)
		read_grubenv(env);
	if (grubenv_get(env->block.vars, name, value))
		return true;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (str_eq(str_of(known[i]), name)) {
			*value = S("");
			return true;
		}
	}
	return false;
}

/* Reads the entries and images; E_NOT_FOUND when neither folder exists. */
static enum status read_folders(struct bls *b, struct str entries, struct str images)
{
	enum status status = bls_folder(b, entries, false), second;

	if (status == OK)
		b->p->config->from = entries;
	if (status != OK && status != E_NOT_FOUND)
		return status;
	second = bls_folder(b, images, true);
	if (second == OK && b->p->config->from.n == 0)
		b->p->config->from = images;
	return second == E_NOT_FOUND ? status : second;
}

static enum status read_menu(struct bls *b)
{
	struct parse *p = b->p;
	struct str entries, images, conf;
	enum status status = path_join(p, p->path, S("loader/entries"), &entries);

	if (status == OK)
		status = path_join(p, p->path, S("EFI/Linux"), &images);
	if (status == OK)
		status = path_join(p, p->path, S("loader/loader.conf"), &conf);
	if (status == OK)
		status = read_folders(b, entries, images);
	if (status == OK)
		status = read_loader_conf(b, conf);
	if (status == OK)
		status = tell_apart(b, version_of);
	if (status == OK)
		status = tell_apart(b, machine_of);
	return status == OK ? tell_apart(b, id_of) : status;
}

enum status bls_read(struct parse *p)
{
	struct variables env = {.p = p};
	struct bls b = {.p = p, .lookup = look_up, .context = &env};
	struct config *c = p->config;
	enum status status;

	status = read_menu(&b);
	for (struct bls_item *i = b.first; i != NULL; i = i->next) {
		i->entry.next = NULL;
		if (c->last != NULL)
			c->last->next = &i->entry;
		else
			c->first = &i->entry;
		c->last = &i->entry;
		c->count++;
	}
	c->unreadable |= b.unreadable;
	return status;
}
