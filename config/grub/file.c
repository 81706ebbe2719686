/* GRUB's devices and paths. */
#include "config/grub/file.h"

#include "base/fmt.h"
#include "base/mem.h"
#include "config/grub/words.h"

/* Bytes of the heap that no file may take. So a full heap is met here, as a bound of the script,
 * and not inside a read, as E_NO_MEMORY. */
#define HEAP_SPARE (256u * 1024)

/* Cuts a disk, "hd0" or "hd0,", off the start of *NAME. */
static bool cut_disk(struct str *name, uint64_t *disk)
{
	struct str first = str_cut(name, ',');

	return str_cut_prefix(&first, S("hd")) && str_u64(first, disk);
}

const struct place *grub_device(struct grub *g, struct str name)
{
	uint64_t disk, partition = 0;
	bool whole = str_find(name, ',') == name.n, partitioned = false;
	const struct place *bare = NULL;

	if (!cut_disk(&name, &disk))
		return NULL;
	(void)str_cut_prefix(&name, S("gpt"));
	(void)str_cut_prefix(&name, S("msdos"));
	if (!whole && (!str_u64(name, &partition) || partition == 0))
		return NULL;
	for (unsigned i = 0; i < g->places.count; i++) {
		const struct place *p = &g->places.p[i];

		if (p->disk != disk)
			continue;
		if (p->partition == partition)
			return p;
		partitioned |= p->partition > 0;
		bare = p->partition == 0 ? p : bare;
	}
	/* A guest that moved from a partition to a bare disk kept its script, which still names the
	 * partition. */
	return partitioned ? NULL : bare;
}

struct str grub_device_name(const struct place *p, char *buf)
{
	size_t n = p->partition == 0
			   ? fmt(buf, GRUB_DEVICE_BYTES, "hd%u", p->disk)
			   : fmt(buf, GRUB_DEVICE_BYTES, "hd%u,gpt%u", p->disk, p->partition);

	return (struct str){buf, n};
}

struct str grub_full_name(struct grub *g, struct volume *v, struct str path)
{
	const struct place *place = g->places.p;
	char device[GRUB_DEVICE_BYTES];
	struct str name = {0};

	while (place->volume != v)
		place++;
	if (!str_fmt(&g->heap, &name, "(%.*s)%.*s", STR_ARG(grub_device_name(place, device)),
		     STR_ARG(path)))
		grub_no_room(g);
	return name;
}

int grub_missing(const struct grub *g, struct str device)
{
	char buf[GRUB_DEVICE_BYTES];

	device = str_cut(&device, ',');
	for (unsigned i = 0; i < g->places.count; i++) {
		struct str name = grub_device_name(&g->places.p[i], buf);

		if (str_eq(str_cut(&name, ','), device))
			return GRUB_NO_DEVICE;
	}
	return GRUB_NO_NET;
}

int grub_path(struct grub *g, struct str name, struct grub_path *found)
{
	struct str device;
	const struct place *place;

	device = str_cut_prefix(&name, S("(")) ? str_cut(&name, ')') : grub_get(g, S("root"));
	place = grub_device(g, device);
	if (place == NULL)
		return grub_missing(g, device);
	if (name.n == 0 || name.p[0] != '/')
		return GRUB_BAD_NAME;
	*found = (struct grub_path){place->volume, name};
	return GRUB_OK;
}

bool grub_is_ok(struct grub *g, size_t mark, enum status status)
{
	if (status == E_NO_MEMORY)
		g->status = status;
	else if (status == E_IO || status == E_CORRUPT)
		g->p->config->unreadable = true;
	else if (g->status == OK)
		report_rewind(g->p->report, mark);
	return status == OK;
}

bool grub_look(struct grub *g, struct grub_path at, bool follow, struct file_info *info)
{
	size_t mark = report_mark(g->p->report);

	grub_charge(g, GRUB_WORK_DISK);
	return grub_going(g) && grub_is_ok(g, mark,
					   follow ? vol_info(at.volume, at.path, info)
						  : vol_info_link(at.volume, at.path, info));
}

bool grub_has_room(struct grub *g, uint64_t bytes)
{
	size_t left = g->heap.limit - g->heap.taken;

	if (left < HEAP_SPARE || bytes > left - HEAP_SPARE)
		grub_no_room(g);
	return grub_going(g);
}

bool grub_may_read(struct grub *g, uint64_t bytes)
{
	grub_charge(g, GRUB_WORK_DISK);
	if (g->includes++ == GRUB_INCLUDES_MAX)
		grub_limit(g, "it reads too many files");
	return grub_has_room(g, bytes);
}

int grub_load(struct grub *g, struct grub_path at, size_t most, struct str *text)
{
	struct file_info info;
	size_t mark;

	if (!grub_look(g, at, true, &info) || info.type != FILE_REGULAR)
		return GRUB_NOT_FOUND;
	if (info.size > most) {
		parse_note(g->p, g->line, "%.*s is too large to be read", STR_ARG(at.path));
		return GRUB_BAD_FILE;
	}
	if (!grub_may_read(g, info.size))
		return GRUB_BAD_FILE;
	mark = report_mark(g->p->report);
	return grub_is_ok(g, mark, text_load(g->p, at.volume, at.path, most, &g->heap, text))
		       ? GRUB_OK
		       : GRUB_BAD_FILE;
}

/* One part of a path that is matched against the names of a directory. */
struct matching {
	struct grub *g;
	struct str pattern, before;
};

/* True when PATTERN matches TEXT: GRUB_STAR and GRUB_ANY in it match, all else is itself. */
static bool match(struct grub *g, struct str pattern, struct str text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, from = 0;

	grub_charge(g, pattern.n);
	for (; t < text.n; grub_charge(g, 1)) {
		if (p < pattern.n && pattern.p[p] == GRUB_STAR) {
			star = p++;
			from = t;
		} else if (p < pattern.n &&
			   (pattern.p[p] == GRUB_ANY || pattern.p[p] == text.p[t])) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == GRUB_STAR)
		p++;
	return p == pattern.n;
}

/* Adds the path of NAME when the pattern matches. */
static enum status take_name(void *context, struct str name, enum file_type type)
{
	struct matching *m = context;
	char *start = m->g->low;

	(void)type;
	if (match(m->g, m->pattern, name)) {
		grub_words_bytes(m->g, m->before);
		grub_words_bytes(m->g, name);
		grub_words_push(m->g, (struct str){start, (size_t)(m->g->low - start)});
	}
	return grub_going(m->g) ? OK : E_LIMIT;
}

/* Adds the path BEFORE REST if it exists. */
static void take_path(struct grub *g, struct str before, struct str rest)
{
	char *start = g->low;
	struct file_info info;
	struct grub_path at;

	grub_words_bytes(g, before);
	grub_words_bytes(g, rest);

	struct str path = {start, (size_t)(g->low - start)};

	if (grub_path(g, path, &at) == GRUB_OK && grub_look(g, at, false, &info))
		grub_words_push(g, path);
}

/* Adds the paths that begin with BEFORE and match REST. */
static void expand(struct grub *g, struct str before, struct str rest)
{
	size_t star = str_find(rest, GRUB_STAR), any = str_find(rest, GRUB_ANY);
	size_t begin = star < any ? star : any, end = begin;
	struct grub_mark mark;
	struct grub_scope found;
	struct grub_path at = {0};
	char *start;

	if (begin == rest.n) {
		take_path(g, before, rest);
		return;
	}
	while (begin > 0 && rest.p[begin - 1] != '/')
		begin--;
	while (end < rest.n && rest.p[end] != '/')
		end++;
	start = g->low;
	grub_words_bytes(g, before);
	grub_words_bytes(g, (struct str){rest.p, begin});

	struct matching m = {g, {rest.p + begin, end - begin}, {start, (size_t)(g->low - start)}};
	size_t told = report_mark(g->p->report);

	mark = grub_words_mark(g);
	grub_charge(g, GRUB_WORK_DISK);
	if (grub_going(g) && grub_path(g, m.before, &at) == GRUB_OK)
		grub_is_ok(g, told, vol_list(at.volume, at.path, take_name, &m));
	if (end == rest.n)
		return;
	found = grub_words_since(g, mark);
	if (++g->nesting > GRUB_NESTING_MAX)
		grub_limit(g, "the directories that * and ? stand for are nested too deep");
	for (unsigned i = 0; i < found.n && grub_going(g); i++)
		expand(g, found.v[i], str_skip(rest, end));
	g->nesting--;

	/* Drop the directories on the way: only the paths below them are results. */
	size_t results = (size_t)(found.v - g->high);

	memmove(g->high + found.n, g->high, results * sizeof(*g->high));
	g->high += found.n;
}

bool grub_glob(struct grub *g, struct str pattern)
{
	struct str *before = g->high;

	if (++g->nesting > GRUB_NESTING_MAX)
		grub_limit(g, "commands are nested too deep");
	else
		expand(g, (struct str){0}, pattern);
	g->nesting--;
	return g->high != before;
}
