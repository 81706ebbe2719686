/* A folder of entries, or of unified kernel images, and the order in which they are listed. */
#include "base/arena.h"
#include "config/bls/bls.h"
#include "config/lines/path.h"
#include "config/lines/version.h"
#include "config/tries.h"
#include "fs/volume.h"

/* The names in a folder that may be entries. */
struct names {
	struct bls *bls;
	struct str suffix;
	struct str name[ENTRIES_MAX];
	unsigned count, invalid;
	bool more;
};

static bool has_suffix(const struct names *n, struct str name)
{
	struct str end = {name.p + name.n - n->suffix.n, n->suffix.n};

	return name.n > n->suffix.n && name.p[0] != '.' && text_same(end, n->suffix);
}

/* The characters that the specification allows. */
static bool is_valid(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if ((c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') &&
		    c != '+' && c != '-' && c != '_' && c != '.')
			return false;
	}
	return true;
}

static enum status add_name(void *context, struct str name, enum file_type type)
{
	struct names *n = context;
	struct parse *p = n->bls->p;

	if (!has_suffix(n, name) || type == FILE_DIRECTORY)
		return OK;
	if (!is_valid(name)) {
		if (n->invalid++ < CONFIG_NOTES)
			note(p->report,
			     "'%.*s' is not read: only letters, digits and +-_. may be in the name "
			     "of an entry",
			     STR_ARG(name));
		return OK;
	}
	n->more = n->bls->count + n->count >= ENTRIES_MAX;
	if (n->more)
		return E_LIMIT;
	if (!str_dup(p->arena, name, &n->name[n->count]))
		return parse_no_memory(p);
	n->count++;
	return OK;
}

/* Takes a boot counter, "+LEFT" or "+LEFT-DONE", off the end of NAME, which has no suffix. */
static struct str take_counter(struct str name, struct bls_item *item)
{
	size_t plus = name.n;
	uint64_t left, done = 0;
	struct str rest;

	while (plus > 0 && name.p[plus - 1] != '+')
		plus--;
	if (plus == 0)
		return name;
	rest = str_skip(name, plus);
	if (!str_cut_u64(&rest, &left))
		return name;
	if (str_cut_prefix(&rest, S("-")) && !str_cut_u64(&rest, &done))
		return name;
	if (rest.n > 0)
		return name;
	item->counted = true;
	item->left = left;
	item->done = done;
	return (struct str){name.p, plus - 1};
}

/* The id: the file's name without its boot counter. */
static enum status name_item(struct bls *b, struct str name, size_t suffix, struct bls_item *item)
{
	struct str stem = {name.p, name.n - suffix}, end = {name.p + stem.n, suffix};

	stem = take_counter(stem, item);
	if (!str_fmt(b->p->arena, &item->entry.id, "%.*s%.*s", STR_ARG(stem), STR_ARG(end)))
		return parse_no_memory(b->p);
	return OK;
}

/* Above 0 when A comes after B. */
static int compare(const struct bls_item *a, const struct bls_item *b)
{
	bool last_a = entry_is_spent(&a->entry), last_b = entry_is_spent(&b->entry);
	bool key_a = a->entry.sort_key.n > 0, key_b = b->entry.sort_key.n > 0;
	int order = last_a - last_b;

	if (order == 0)
		order = key_b - key_a;
	if (order == 0 && key_a) {
		order = text_compare(a->entry.sort_key, b->entry.sort_key);
		if (order == 0)
			order = text_compare(a->machine_id, b->machine_id);
		if (order == 0)
			order = version_compare(b->release, a->release);
	}
	if (order == 0)
		order = version_compare(b->entry.id, a->entry.id);
	if (order == 0 && (a->entry.counted || b->entry.counted)) {
		uint64_t left_a = a->entry.counted ? a->entry.left : UINT64_MAX;
		uint64_t left_b = b->entry.counted ? b->entry.left : UINT64_MAX;

		order = (left_a < left_b) - (left_a > left_b);
		if (order == 0)
			order = (a->done > b->done) - (a->done < b->done);
	}
	return order;
}

/* Adds ITEM at its place in the list. */
static void insert(struct bls *b, struct bls_item *item)
{
	struct bls_item **at = &b->first;

	while (*at != NULL && compare(*at, item) <= 0)
		at = &(*at)->next;
	item->next = *at;
	*at = item;
	b->count++;
}

/* Counts the tries of an entry whose name has a boot counter. TEXT is its file; "" for an image. */
static enum status count_tries(struct parse *p, struct str text, struct bls_item *item)
{
	struct tries tries;
	enum status status = tries_open(&tries, p, text);

	if (status == OK)
		status = tries_count(&tries, &item->entry, item->left);
	if (status == OK && item->entry.counted)
		item->done += item->left - item->entry.left;
	return status;
}

/* Reads the entry, or the image, that lies at P->path. */
static enum status read_item(struct bls *b, struct parse *p, bool image, struct bls_item *item)
{
	struct str text = S("");
	bool wanted = true;
	enum status status;

	item->entry.id_is_file = true;
	item->entry.from = p->path;
	item->entry.line = 1;
	item->entry.volume = p->volume;
	item->entry.menu = p->volume;
	if (image) {
		status = bls_parse_image(p, &b->options, item);
	} else {
		status = text_load(p, p->volume, p->path, BLS_FILE_MAX, p->arena, &text);
		if (status == OK)
			status = bls_parse(b, p, text, item, &wanted);
	}
	if (status == OK && item->counted)
		status = count_tries(p, text, item);
	if (status == OK && wanted)
		insert(b, item);
	b->unreadable |= status == E_IO || status == E_CORRUPT;
	return status == E_NO_MEMORY ? status : OK; /* reported; only this entry is lost */
}

/* Lists FOLDER; E_NOT_FOUND, unreported, when there is none. */
static enum status list_folder(struct bls *b, struct str folder, struct names *n)
{
	size_t mark = report_mark(b->p->report);
	enum status status = vol_list(b->p->volume, folder, add_name, n);

	if (n->more) {
		note(b->p->report, "%.*s: more than %u entries: the rest is not read",
		     STR_ARG(folder), ENTRIES_MAX);
		return OK;
	}
	if (status == E_NOT_FOUND || status == E_WRONG_TYPE) {
		report_rewind(b->p->report, mark);
		return E_NOT_FOUND;
	}
	return status;
}

enum status bls_folder(struct bls *b, struct str folder, bool image)
{
	struct arena *a = b->p->arena;
	struct names *n = arena_array(a, 1, sizeof(*n));
	enum status status;

	if (n == NULL)
		return parse_no_memory(b->p);
	n->bls = b;
	n->suffix = image ? S(".efi") : S(".conf");
	status = list_folder(b, folder, n);
	if (status == OK && n->count > 0 && b->options.p == NULL &&
	    (!text_init(&b->options, a) || !text_init(&b->initrd, a)))
		status = parse_no_memory(b->p);
	for (unsigned i = 0; status == OK && i < n->count; i++) {
		struct parse p = *b->p;
		struct bls_item *item = arena_array(a, 1, sizeof(*item));

		p.notes = 0;
		if (item == NULL)
			return parse_no_memory(&p);
		status = path_join(&p, folder, n->name[i], &p.path);
		if (status == OK)
			status = name_item(b, n->name[i], n->suffix.n, item);
		if (status == OK)
			status = read_item(b, &p, image, item);
	}
	return status;
}
