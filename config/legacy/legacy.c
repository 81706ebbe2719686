/* GRUB legacy's menu.lst, which guests of PV-GRUB and pygrub have. A line is a word and its value.
 */
#include "base/arena.h"
#include "base/utf8.h"
#include "config/grub/number.h"
#include "config/lines/path.h"
#include "config/lines/text.h"
#include "config/parse.h"
#include "fs/volume.h"

#define FALLBACKS_MAX 8

/* Volumes that a kernel may lie on. */
#define CANDIDATES 4

/* A name like "(hd0,0)": disk 0, partition 1. */
struct device {
	bool known; /* it is the name of a hard disk */
	uint64_t disk, partition;
};

struct reader {
	struct parse *p;
	unsigned line;
	struct entry *entry;             /* NULL before the first title */
	struct str groot, root;          /* the devices as written; "" when not said */
	struct str uuid;                 /* of the entry's file system; "" when not said */
	struct str kernel, args, initrd; /* as written */
	bool saved;
	uint64_t number; /* of the default entry, from 0 */
	uint64_t fallback[FALLBACKS_MAX];
	unsigned fallbacks;
};

struct word {
	const char *name;
	bool global;
	void (*take)(struct reader *, struct str value);
};

/* What "(hd0,0)" names. "(hd0,msdos1)" is for newer GRUBs and names nothing here. */
static struct device parse_device(struct str s)
{
	struct device d = {0};

	if (!str_ends(s, S(")")) || !str_cut_prefix(&s, S("(hd")))
		return d;
	s.n--;
	if (!str_cut_u64(&s, &d.disk))
		return d;
	if (str_cut_prefix(&s, S(","))) {
		if (!str_cut_u64(&s, &d.partition) || d.partition == UINT64_MAX)
			return d;
		d.partition++;
	}
	d.known = s.n == 0 || s.p[0] == ','; /* the BSD partition inside does not matter */
	return d;
}

static struct volume *volume_at(const struct places *places, uint64_t disk, uint64_t partition)
{
	for (unsigned i = 0; i < places->count; i++) {
		if (places->p[i].disk == disk && places->p[i].partition == partition)
			return places->p[i].volume;
	}
	return NULL;
}

/* The volume with this UUID. The menu's own, OWN, is tried first: a copy of a disk has the same
 * UUID. */
static struct volume *volume_with(const struct places *places, struct volume *own, struct str uuid)
{
	if (uuid.n > 0 && text_same(str_of(own->uuid), uuid))
		return own;
	for (unsigned i = 0; uuid.n > 0 && i < places->count; i++) {
		if (text_same(str_of(places->p[i].volume->uuid), uuid))
			return places->p[i].volume;
	}
	return NULL;
}

/* Finds the volume that holds PATH. Tried are the DEVICE that was named; its whole disk, since
 * PV-GRUB calls a bare file system (hd0,0) too; the volume with the entry's UUID; and the menu's
 * own. */
static enum status find_kernel(struct reader *r, struct str device, struct str path)
{
	struct parse *p = r->p;
	struct device d = parse_device(device);
	struct volume *candidates[CANDIDATES] = {
		d.known ? volume_at(p->places, d.disk, d.partition) : NULL,
		d.known ? volume_at(p->places, d.disk, 0) : NULL,
		volume_with(p->places, p->volume, r->uuid),
		p->volume,
	};
	enum status status = OK;

	for (unsigned i = 0; i < CANDIDATES; i++) {
		if (candidates[i] == NULL)
			continue;
		status = path_find(p, candidates[i], path, &r->entry->kernel);
		r->entry->volume = candidates[i];
		if (status != OK || path_exists(p, candidates[i], r->entry->kernel))
			break;
	}
	return status;
}

/* Cuts a device off the start of *PATH; "" when there is none. */
static struct str cut_device(struct str *path)
{
	size_t n = path->n > 0 && path->p[0] == '(' ? str_find(*path, ')') + 1 : 0;
	struct str device = {path->p, n};

	if (n == 0 || n > path->n)
		return S("");
	*path = str_skip(*path, n);
	return device;
}

static enum status add_initrds(struct reader *r)
{
	struct entry *e = r->entry;
	enum status status = OK;
	struct str *to;

	for (struct str path; status == OK && (path = text_word(&r->initrd)).n > 0;) {
		to = parse_initrd(r->p, e, e->line);
		if (to == NULL)
			break;
		(void)cut_device(&path);
		status = path_find(r->p, e->volume, path, to);
		e->initrds += status == OK;
	}
	return status;
}

/* Completes the entry that the next title, or the end of the file, ends. */
static enum status end_entry(struct reader *r)
{
	struct entry *e = r->entry;
	struct str path = r->kernel, device = cut_device(&path);
	enum status status;

	if (e == NULL)
		return OK;
	if (device.n == 0)
		device = r->root.n > 0 ? r->root : r->groot;
	e->options = r->args;
	if (path.n == 0) {
		e->problem = S("the entry starts no Linux kernel");
		return OK;
	}
	status = find_kernel(r, device, path);
	return status == OK ? add_initrds(r) : status;
}

static enum status begin_entry(struct reader *r, struct str title)
{
	enum status status = end_entry(r);

	if (status != OK)
		return status;
	r->root = r->uuid = r->kernel = r->args = r->initrd = S("");
	status = parse_entry(r->p, r->line, &r->entry);
	if (status == OK)
		r->entry->title = title.n > 0 ? utf8_cut(title, TITLE_BYTES) : S("(no title)");
	return status;
}

/* Reads the number at the start of S, hexadecimal behind "0x". What follows it does not matter. */
static bool read_number(struct str s, uint64_t *n)
{
	uint64_t read;

	if (grub_number(s, str_starts(s, S("0x")) ? 16 : 10, &read, NULL) != GRUB_OK ||
	    read > INT32_MAX)
		return false;
	*n = read;
	return true;
}

static void take_default(struct reader *r, struct str value)
{
	struct str rest = value;

	r->saved = str_eq(text_word(&rest), S("saved"));
	if (!r->saved && !read_number(value, &r->number))
		parse_note(r->p, r->line, "'default' takes the number of an entry, or 'saved'");
}

static void take_fallback(struct reader *r, struct str value)
{
	r->fallbacks = 0;
	for (struct str n; r->fallbacks < FALLBACKS_MAX && (n = text_word(&value)).n > 0;)
		r->fallbacks += read_number(n, &r->fallback[r->fallbacks]);
}

static void take_timeout(struct reader *r, struct str value)
{
	uint64_t seconds;

	if (!read_number(value, &seconds)) {
		parse_note(r->p, r->line, "'timeout' takes a number of seconds");
		return;
	}
	parse_timeout(r->p, seconds);
}

static void take_root(struct reader *r, struct str value)
{
	r->root = text_word(&value);
}

static void take_uuid(struct reader *r, struct str value)
{
	r->uuid = text_word(&value);
}

/* GRUB's own switches, --no-mem-option for one, stand before the path. */
static void take_kernel(struct reader *r, struct str value)
{
	do
		r->kernel = text_word(&value);
	while (str_starts(r->kernel, S("--")));
	r->args = value;
}

static void take_initrd(struct reader *r, struct str value)
{
	r->initrd = value;
}

static const struct word words[] = {
	{"default", true, take_default}, {"fallback", true, take_fallback},
	{"timeout", true, take_timeout}, {"root", false, take_root},
	{"uuid", false, take_uuid},      {"rootnoverify", false, take_root},
	{"kernel", false, take_kernel},  {"initrd", false, take_initrd},
};

/* Cuts the first word off *LINE, with the '=' or blanks behind it: "default = 0" has both. */
static struct str cut_word(struct str *line)
{
	size_t n = 0;
	struct str word;

	while (n < line->n && line->p[n] != ' ' && line->p[n] != '\t' && line->p[n] != '=')
		n++;
	word = (struct str){line->p, n};
	*line = str_trim(str_skip(*line, n));
	if (str_cut_prefix(line, S("=")))
		*line = str_trim(*line);
	return word;
}

/* Debian's update-grub keeps its settings in comments. One is the root of all entries that name
 * none. */
static void take_comment(struct reader *r, struct str line)
{
	if (r->entry == NULL && str_cut_prefix(&line, S("# groot=")))
		r->groot = line;
}

/* Lines that only paint, ask for a password or start other systems are skipped and not reported. */
static enum status take_line(struct reader *r, struct str line)
{
	struct str value = str_trim(line), name;

	if (value.n > 0 && value.p[0] == '#')
		take_comment(r, value);
	if (value.n == 0 || value.p[0] == '#')
		return OK;
	name = cut_word(&value);
	if (text_same(name, S("title")))
		return begin_entry(r, value);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (text_same(name, str_of(words[i].name)) && words[i].global == (r->entry == NULL))
			words[i].take(r, value);
	}
	return OK;
}

/* `savedefault` writes the entry's number into a file called default, beside the menu. */
static enum status read_saved(struct reader *r)
{
	struct parse *p = r->p;
	size_t mark = report_mark(p->report);
	struct str path, text;
	enum status status;

	status = path_join(p, path_directory(p->path), S("default"), &path);
	if (status == OK)
		status = text_read(p->volume, path, CONFIG_FILE_MAX, p->arena, &text);
	if (status == OK)
		(void)read_number(text, &r->number);
	if (status == E_NO_MEMORY)
		return status;
	report_rewind(p->report, mark); /* without this file the first entry is the default */
	return OK;
}

static struct entry *nth(const struct config *c, uint64_t n)
{
	struct entry *e = n < c->count ? c->first : NULL;

	for (; e != NULL && n > 0; n--)
		e = e->next;
	return e;
}

static bool is_usable(struct reader *r, const struct entry *e)
{
	return e != NULL && e->problem.n == 0 && path_exists(r->p, e->volume, e->kernel);
}

/* Finds the default: the entry that the file names or, when that cannot boot, the first fallback
 * that can. */
static void choose_default(struct reader *r)
{
	const struct config *c = r->p->config;
	struct entry *e = nth(c, r->number);

	for (unsigned i = 0; !is_usable(r, e) && i < r->fallbacks; i++) {
		struct entry *other = nth(c, r->fallback[i]);

		if (is_usable(r, other))
			e = other;
	}
	r->p->config->default_entry = e;
	if (e == NULL && c->count > 0)
		parse_note(r->p, 1,
			   "the default is entry number %lu, and the last one is number %u",
			   (unsigned long)r->number, c->count - 1);
}

enum status legacy_read(struct parse *p)
{
	struct reader r = {.p = p};
	struct str rest;
	enum status status = parse_load(p, &rest), end;

	if (status != OK)
		return status;
	while (rest.n > 0 && status == OK) {
		r.line++;
		status = take_line(&r, str_cut(&rest, '\n'));
	}
	end = end_entry(&r);
	if (end == OK && r.saved)
		end = read_saved(&r);
	choose_default(&r);
	return status != OK ? status : end;
}
