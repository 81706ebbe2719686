/* Decodes edk2's variable store: a header and a list of variables in a firmware volume.
 *
 * Flash can clear bits and not set them, short of erasing a block. So a variable is never changed
 * in place: a new one is written behind the last, and bits of its state are cleared as that gets
 * on, then bits of the old one's. What follows the last variable is erased: all bits are set. */
#include "host/varstore.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf16.h"
#include "host/flash.h"
#include "host/image.h"
#include "loader/vendors.h"

/* Variables in a store, those included that were deleted. The stores of OVMF and AAVMF have room
 * for 4096. */
#define VARIABLES_MOST 8192

/* edk2, MdeModulePkg/Include/Guid/VariableFormat.h: VARIABLE_STORE_HEADER, VARIABLE_HEADER,
 * AUTHENTICATED_VARIABLE_HEADER. */
struct store_header {
	uint8_t signature[GUID_BYTES];
	le32 size; /* bytes, with this header */
	uint8_t format;
	uint8_t state;
	uint8_t reserved[6];
};

_Static_assert(sizeof(struct store_header) == 28, "");
_Static_assert(offsetof(struct store_header, size) == 16, "");
_Static_assert(offsetof(struct store_header, format) == 20, "");
_Static_assert(offsetof(struct store_header, state) == 21, "");

#define STORE_FORMATTED 0x5a
#define STORE_HEALTHY   0xfe

struct plain_header {
	le16 start;
	uint8_t state;
	uint8_t reserved;
	le32 attributes;
	le32 name_size; /* bytes, with the NUL at the end */
	le32 data_size;
	uint8_t vendor[GUID_BYTES];
};

_Static_assert(sizeof(struct plain_header) == 32, "");
_Static_assert(offsetof(struct plain_header, state) == 2, "");
_Static_assert(offsetof(struct plain_header, attributes) == 4, "");
_Static_assert(offsetof(struct plain_header, name_size) == 8, "");
_Static_assert(offsetof(struct plain_header, data_size) == 12, "");
_Static_assert(offsetof(struct plain_header, vendor) == 16, "");

struct authenticated_header {
	le16 start;
	uint8_t state;
	uint8_t reserved;
	le32 attributes;
	le64 monotonic_count;
	uint8_t timestamp[16];
	le32 public_key_index;
	le32 name_size;
	le32 data_size;
	uint8_t vendor[GUID_BYTES];
};

_Static_assert(sizeof(struct authenticated_header) == 60, "");
_Static_assert(offsetof(struct authenticated_header, state) == 2, "");
_Static_assert(offsetof(struct authenticated_header, attributes) == 4, "");
_Static_assert(offsetof(struct authenticated_header, name_size) == 36, "");
_Static_assert(offsetof(struct authenticated_header, data_size) == 40, "");
_Static_assert(offsetof(struct authenticated_header, vendor) == 44, "");

#define VARIABLE_START 0x55aa
#define VARIABLE_ALIGN 4u

/* What a variable begins with where there is none, and a field that was not written. */
#define ERASED_16 0xffffu
#define ERASED_32 0xffffffffu

/* States of a variable. Any other means that it does not count: it is deleted, or was not written
 * to its end. */
#define STATE_ERASED  0xff /* its sizes do not count either */
#define STATE_ADDED   0x3f
#define STATE_LEAVING 0x3e /* added, and its next value is being written */

static const uint8_t authenticated_guid[GUID_BYTES] = {0x78, 0x2c, 0xf3, 0xaa, 0x7b, 0x94,
						       0x9a, 0x43, 0xa1, 0x80, 0x2e, 0x14,
						       0x4e, 0xc3, 0x77, 0x92};
static const uint8_t plain_guid[GUID_BYTES] = {0x16, 0x36, 0xcf, 0xdd, 0x75, 0x32, 0x64, 0x41,
					       0x98, 0xb6, 0xfe, 0x85, 0x70, 0x7f, 0xfe, 0x7d};

struct varstore {
	struct arena arena;
	struct variable *first, **end;
};

/* What is read: the variables of one store. */
struct list {
	struct block *block;
	struct varstore *store;
	const uint8_t *p;   /* the store's header and what follows it */
	uint64_t size;      /* bytes of that */
	uint64_t at_byte;   /* where it lies in the file */
	bool authenticated; /* which of the two headers its variables have */
};

/* What both kinds of header say. */
struct header {
	uint8_t state;
	uint32_t attributes, name_size, data_size;
	const uint8_t *vendor;
};

const struct variable *varstore_first(const struct varstore *s)
{
	return s->first;
}

static struct variable *find(const struct varstore *s, const uint8_t *vendor, struct str name)
{
	struct variable *v = s->first;

	while (v != NULL && !(str_eq(v->name, name) && memcmp(v->vendor, vendor, GUID_BYTES) == 0))
		v = v->next;
	return v;
}

const struct variable *varstore_get(const struct varstore *s, const uint8_t *vendor,
				    struct str name)
{
	return s != NULL ? find(s, vendor, name) : NULL;
}

static size_t header_size(const struct list *l)
{
	return l->authenticated ? sizeof(struct authenticated_header) : sizeof(struct plain_header);
}

/* The header at AT, which lies inside the store. */
static struct header header_at(const struct list *l, uint64_t at)
{
	const struct authenticated_header *a = (const void *)(l->p + at);
	const struct plain_header *p = (const void *)(l->p + at);
	struct header h =
		l->authenticated
			? (struct header){a->state, get_le32(a->attributes), get_le32(a->name_size),
					  get_le32(a->data_size), a->vendor}
			: (struct header){p->state, get_le32(p->attributes), get_le32(p->name_size),
					  get_le32(p->data_size), p->vendor};

	/* The machine was stopped before the header was whole. The firmware takes such a one for
	 * a header alone, and has written the next variable right behind it. */
	if (h.state == STATE_ERASED || h.attributes == ERASED_32 || h.name_size == ERASED_32 ||
	    h.data_size == ERASED_32)
		h = (struct header){.state = STATE_ERASED, .vendor = h.vendor};
	return h;
}

/* The name of the variable at AT as UTF-8. */
static enum status read_name(const struct list *l, uint64_t at, uint32_t size, struct str *name)
{
	const struct block *b = l->block;
	const le16 *units = (const le16 *)(l->p + at + header_size(l));
	size_t n = 0, most = size / 2;
	char *to;

	while (n < most && get_le16(units[n]) != 0)
		n++;
	if (size % 2 != 0 || n == 0 || n + 1 != most)
		return fail(b->report, E_CORRUPT,
			    "%.*s: the variable at byte %lu has a name that is empty or does not "
			    "end with its %u bytes" DAMAGED,
			    STR_ARG(b->name), (unsigned long)(l->at_byte + at), size);
	to = arena_array(&l->store->arena, n, 3);
	if (to == NULL)
		return fail(b->report, E_NO_MEMORY, "%.*s: no memory for a variable's name",
			    STR_ARG(b->name));
	*name = utf16_decode(units, n, to);
	return OK;
}

/* Adds the variable at AT. Of two with one name, that which is not leaving counts; of two that are
 * added the firmware takes the first, of two that are leaving the last. */
static enum status add(struct list *l, uint64_t at, const struct header *h)
{
	struct varstore *s = l->store;
	struct variable *v;
	struct str name = S("");
	enum status status = read_name(l, at, h->name_size, &name);

	if (status != OK)
		return status;
	v = find(s, h->vendor, name);
	if (v != NULL && !v->leaving)
		return OK;
	if (v == NULL) {
		v = arena_alloc(&s->arena, sizeof(*v));
		if (v == NULL)
			return fail(l->block->report, E_NO_MEMORY,
				    "%.*s: no memory for its variables", STR_ARG(l->block->name));
		*s->end = v;
		s->end = &v->next;
	}
	*v = (struct variable){
		.next = v->next,
		.vendor = h->vendor,
		.name = name,
		.attributes = h->attributes,
		.data = {(const char *)l->p + at + header_size(l) + h->name_size, h->data_size},
		.leaving = h->state == STATE_LEAVING,
	};
	return OK;
}

/* Reads the variable at *AT and moves *AT behind it. */
static enum status read_variable(struct list *l, uint64_t *at)
{
	const struct block *b = l->block;
	struct header h = {0};
	uint64_t end = *at + header_size(l);
	enum status status = OK;

	if (end <= l->size) {
		h = header_at(l, *at);
		end += (uint64_t)h.name_size + h.data_size;
	}
	if (end > l->size)
		return fail(b->report, E_CORRUPT,
			    "%.*s: the variable at byte %lu ends at byte %lu, behind the end of "
			    "its store at byte %lu" DAMAGED,
			    STR_ARG(b->name), (unsigned long)(l->at_byte + *at),
			    (unsigned long)(l->at_byte + end),
			    (unsigned long)(l->at_byte + l->size));
	if (h.state == STATE_ADDED || h.state == STATE_LEAVING)
		status = add(l, *at, &h);
	*at = (end + VARIABLE_ALIGN - 1) / VARIABLE_ALIGN * VARIABLE_ALIGN;
	return status;
}

static enum status read_variables(struct list *l)
{
	const struct block *b = l->block;
	uint64_t at = sizeof(struct store_header);
	enum status status = OK;

	for (unsigned n = 0; status == OK && at + sizeof(le16) <= l->size; n++) {
		uint16_t start = get_le16(*(const le16 *)(l->p + at));

		if (start == ERASED_16)
			return OK;
		if (start != VARIABLE_START)
			return fail(b->report, E_CORRUPT,
				    "%.*s: at byte %lu there is neither a variable nor erased "
				    "flash" DAMAGED,
				    STR_ARG(b->name), (unsigned long)(l->at_byte + at));
		if (n == VARIABLES_MOST)
			return fail(b->report, E_LIMIT, "%.*s has more than %u variables" DAMAGED,
				    STR_ARG(b->name), VARIABLES_MOST);
		status = read_variable(l, &at);
	}
	return status;
}

static enum status read_store(struct block *b, const struct flash *flash, struct varstore *s)
{
	const struct store_header *h = (const void *)flash->p;
	struct list l = {.block = b, .store = s, .p = flash->p, .at_byte = flash->at_byte};

	if (flash->size < sizeof(*h))
		return fail(b->report, E_CORRUPT,
			    "%.*s: its firmware volume has no room for a variable store" DAMAGED,
			    STR_ARG(b->name));
	if (flash_is_all(flash->p, sizeof(*h), 0xff))
		return OK;
	l.size = get_le32(h->size);
	l.authenticated = memcmp(h->signature, authenticated_guid, GUID_BYTES) == 0;
	if (!l.authenticated && memcmp(h->signature, plain_guid, GUID_BYTES) != 0)
		return fail(b->report, E_UNSUPPORTED,
			    "%.*s: its firmware volume holds something else than edk2's variable "
			    "store" WHICH_FILE,
			    STR_ARG(b->name));
	if (h->format != STORE_FORMATTED || h->state != STORE_HEALTHY)
		return fail(b->report, E_CORRUPT,
			    "%.*s: its variable store is not formatted (0x%02x) or not healthy "
			    "(0x%02x)" DAMAGED,
			    STR_ARG(b->name), h->format, h->state);
	if (l.size < sizeof(*h) || l.size > flash->size)
		return fail(b->report, E_CORRUPT,
			    "%.*s: its variable store has %lu bytes, which is %s" DAMAGED,
			    STR_ARG(b->name), (unsigned long)l.size,
			    l.size < sizeof(*h) ? "less than its header"
						: "more than its firmware volume");
	return read_variables(&l);
}

enum status varstore_decode(struct block *b, struct varstore **made)
{
	struct varstore *s = calloc(1, sizeof(*s));
	struct flash flash;
	enum status status;

	if (s == NULL)
		return fail(b->report, E_NO_MEMORY, "%.*s: no memory to read it", STR_ARG(b->name));
	s->end = &s->first;
	status = flash_read(b, &s->arena, &flash);
	if (status == OK && flash.p != NULL)
		status = read_store(b, &flash, s);
	if (status == OK)
		*made = s;
	else
		varstore_close(s);
	return status;
}

enum status varstore_open(const char *path, struct report *report, struct varstore **opened)
{
	struct image *image;
	enum status status = image_open(path, NULL, report, &image);
	unsigned partition;

	if (status != OK)
		return status;
	status = varstore_decode(image_block(image, &partition), opened);
	if (status != OK)
		image_report_in_use(image);
	image_close(image);
	return status;
}

void varstore_close(struct varstore *s)
{
	if (s == NULL)
		return;
	arena_free(&s->arena);
	free(s);
}
