/* One entry file of the Boot Loader Specification: each line is a key and its value. */
#include "base/arena.h"
#include "config/bls/bls.h"
#include "config/image/arch.h"
#include "config/lines/path.h"

/* The file while it is read. */
struct reader {
	struct bls *bls;
	struct parse *p;
	struct bls_item *item;
	unsigned line;
	bool foreign; /* for another machine */
};

struct key {
	const char *name;
	void (*take)(struct reader *, struct str value);
};

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* Reads the name of a variable at the start of S, which follows a '$'. Returns the bytes that it
 * takes with its braces; 0 when there is no name. */
static size_t variable(struct str s, struct str *name)
{
	bool braces = s.n > 0 && s.p[0] == '{';
	size_t at = braces, n;

	while (at < s.n && is_name(s.p[at]))
		at++;
	n = at - braces;
	if (n == 0 || (braces && (at == s.n || s.p[at] != '}')))
		return 0;
	*name = (struct str){s.p + braces, n};
	return at + braces;
}

/* Adds the line S to TEXT, with the values of its variables. */
static void join_expanded(const struct bls *b, struct text *text, struct str s)
{
	if (text->n > 0)
		text_add(text, S(" "));
	while (s.n > 0) {
		size_t at = str_find(s, '$');
		struct str rest = str_skip(s, at), name, value = S("");
		size_t took;

		text_add(text, (struct str){s.p, at});
		if (rest.n == 0)
			return;
		took = variable(str_skip(rest, 1), &name);
		if (took > 0 && !b->lookup(b->context, name, &value))
			took = 0;
		text_add(text, took > 0 ? value : S("$"));
		s = str_skip(rest, 1 + took);
	}
}

static void take_title(struct reader *r, struct str value)
{
	r->item->entry.title = value;
}

static void take_version(struct reader *r, struct str value)
{
	r->item->entry.version = value;
	r->item->release = value;
}

static void take_sort_key(struct reader *r, struct str value)
{
	r->item->entry.sort_key = value;
}

static void take_machine_id(struct reader *r, struct str value)
{
	r->item->machine_id = value;
}

/* The specification wants UEFI's name of the machine; people also write others. */
static void take_architecture(struct reader *r, struct str value)
{
	r->foreign = !arch_has_name(guest_arch(), value);
}

static void take_linux(struct reader *r, struct str value)
{
	r->item->entry.kind = ENTRY_LINUX;
	r->item->entry.kernel = value;
}

/* Also `uki`: a unified kernel image is an EFI program that brings its own options. */
static void take_efi(struct reader *r, struct str value)
{
	r->item->entry.kind = ENTRY_EFI;
	r->item->entry.kernel = value;
}

static void take_initrd(struct reader *r, struct str value)
{
	join_expanded(r->bls, &r->bls->initrd, value);
}

static void take_options(struct reader *r, struct str value)
{
	join_expanded(r->bls, &r->bls->options, value);
}

static void take_devicetree(struct reader *r, struct str value)
{
	(void)value;
	parse_note(r->p, r->line, "a device tree means nothing on this machine: it is left out");
}

static const struct key keys[] = {
	{"title", take_title},
	{"version", take_version},
	{"sort-key", take_sort_key},
	{"machine-id", take_machine_id},
	{"architecture", take_architecture},
	{"linux", take_linux},
	{"efi", take_efi},
	{"uki", take_efi},
	{"initrd", take_initrd},
	{"options", take_options},
	{"devicetree", take_devicetree},
	{"devicetree-overlay", take_devicetree},
};

/* Keys that are not in the specification are skipped: Fedora has many. */
static void take_line(struct reader *r, struct str line)
{
	struct str value = str_trim(line), name = text_word(&value);

	if (name.n == 0 || name.p[0] == '#' || value.n == 0)
		return;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (str_eq(str_of(keys[i].name), name))
			keys[i].take(r, value);
	}
}

/* Paths of an entry begin at the folder that holds `loader`: the root of its own file system, or
 * the place where that would be mounted. */
static enum status find_file(struct reader *r, struct str written, struct str *path)
{
	return path_find_below(r->p, r->item->entry.volume, r->bls->p->path, written, path);
}

static enum status add_initrds(struct reader *r, struct str names)
{
	struct entry *e = &r->item->entry;
	enum status status = OK;
	struct str *to;

	for (struct str name; status == OK && (name = text_word(&names)).n > 0;) {
		to = parse_initrd(r->p, e, e->line);
		if (to == NULL)
			break;
		status = find_file(r, name, to);
		e->initrds += status == OK;
	}
	return status;
}

/* Paths as UEFI writes them have backslashes. */
static enum status find_program(struct reader *r)
{
	struct entry *e = &r->item->entry;
	char *p;

	if (e->kind == ENTRY_EFI && str_find(e->kernel, '/') == e->kernel.n) {
		p = arena_alloc(r->p->arena, e->kernel.n);
		if (p == NULL)
			return parse_no_memory(r->p);
		for (size_t i = 0; i < e->kernel.n; i++)
			p[i] = (char)(e->kernel.p[i] == '\\' ? '/' : e->kernel.p[i]);
		e->kernel.p = p;
	}
	return find_file(r, e->kernel, &e->kernel);
}

static enum status complete(struct reader *r)
{
	struct bls *b = r->bls;
	struct entry *e = &r->item->entry;
	enum status status = OK;

	if (!text_take(&b->options, r->p->arena, &e->options))
		return parse_no_memory(r->p);
	e->options = str_trim(e->options);
	if (b->options.full || b->initrd.full)
		e->problem = S("its options or initrds are more than 65535 bytes long");
	if (e->kernel.n == 0) {
		e->problem = S("the entry names no kernel: it needs a line 'linux /PATH'");
		return OK;
	}
	status = find_program(r);
	if (e->kind == ENTRY_LINUX && status == OK)
		status = add_initrds(r, (struct str){b->initrd.p, b->initrd.n});
	return status;
}

enum status bls_parse(struct bls *b, struct parse *p, struct str text, struct bls_item *item,
		      bool *wanted)
{
	struct reader r = {.bls = b, .p = p, .item = item};
	enum status status;

	b->options.n = b->initrd.n = 0;
	b->options.full = b->initrd.full = false;
	item->entry.line = 1;
	while (text.n > 0) {
		r.line++;
		take_line(&r, str_cut(&text, '\n'));
	}
	status = complete(&r);
	*wanted = !r.foreign;
	if (item->entry.title.n == 0)
		item->entry.title = item->entry.id;
	return status;
}
