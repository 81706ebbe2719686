/* A unified kernel image (type #2): what its sections say about it. */
#include "base/arena.h"
#include "config/bls/bls.h"
#include "config/image/pe.h"
#include "config/lines/shell_vars.h"
#include "fs/volume.h"

/* The most bytes of a section that are read. */
#define SECTION_BYTES 8192

/* The image while it is looked at. */
struct image {
	struct parse *p;
	uint8_t head[PE_HEAD];
	size_t n; /* bytes of the head */
	uint64_t size;
};

/* Reads the text of a section; "" when there is none or it cannot be read: whoever starts the image
 * will report that. Fails only with E_NO_MEMORY, reported. */
static enum status load_section(struct image *im, const char *name, struct str *text)
{
	struct parse *p = im->p;
	size_t mark = report_mark(p->report);
	uint64_t offset, size;
	char *bytes;

	*text = S("");
	if (!pe_section(im->head, im->n, name, &offset, &size))
		return OK;
	if (size > SECTION_BYTES)
		size = SECTION_BYTES;
	bytes = arena_alloc(p->arena, (size_t)size);
	if (bytes == NULL)
		return fail(p->report, E_NO_MEMORY, "%.*s: no memory for its section %s",
			    STR_ARG(p->path), name);
	if (vol_read(p->volume, p->path, offset, bytes, (size_t)size) == OK)
		*text = str_trim((struct str){bytes, (size_t)size});
	else
		report_rewind(p->report, mark);
	text->n = str_find(*text, '\0');
	return OK;
}

static struct str first_of(const struct shell_vars *v, const struct str *names, unsigned count)
{
	struct str value = S("");

	for (unsigned i = 0; i < count && value.n == 0; i++)
		value = shell_vars_get(v, names[i]);
	return value;
}

/* Takes from os-release what systemd would take. */
static void describe(struct bls_item *item, const struct shell_vars *v)
{
	const struct str title[] = {S("PRETTY_NAME"), S("IMAGE_ID"), S("NAME"), S("ID")};
	const struct str release[] = {S("IMAGE_VERSION"), S("VERSION"), S("VERSION_ID"),
				      S("BUILD_ID")};
	const struct str key[] = {S("IMAGE_ID"), S("ID")};

	item->entry.title = first_of(v, title, 4);
	item->release = first_of(v, release, 4);
	item->entry.sort_key = first_of(v, key, 2);
}

static enum status read_sections(struct image *im, struct text *scratch, struct bls_item *item)
{
	struct parse *p = im->p;
	struct shell_vars *vars = arena_array(p->arena, 1, sizeof(*vars));
	struct str text;
	enum status status = load_section(im, ".osrel", &text);

	if (status == OK && (vars == NULL || !shell_vars_read(vars, text, p->arena, scratch)))
		status = fail(p->report, E_NO_MEMORY, "%.*s: no memory for its os-release",
			      STR_ARG(p->path));
	if (status == OK)
		status = load_section(im, ".uname", &text);
	if (status != OK)
		return status;
	describe(item, vars);
	item->entry.version = text.n > 0 ? text : item->release;
	return OK;
}

enum status bls_parse_image(struct parse *p, struct text *scratch, struct bls_item *item)
{
	size_t mark = report_mark(p->report);
	struct image im = {.p = p};
	struct file_info info;
	enum status status = vol_info(p->volume, p->path, &info);

	item->entry.kind = ENTRY_EFI;
	item->entry.kernel = p->path;
	if (status == OK && info.type == FILE_REGULAR) {
		im.size = info.size;
		im.n = info.size < PE_HEAD ? (size_t)info.size : PE_HEAD;
		status = vol_read(p->volume, p->path, 0, im.head, im.n);
		if (status == OK)
			status = read_sections(&im, scratch, item);
	}
	if (item->entry.title.n == 0)
		item->entry.title = item->entry.id;
	if (status == E_NO_MEMORY)
		return status;
	report_rewind(p->report, mark); /* the check of the entry will report it */
	return OK;
}
