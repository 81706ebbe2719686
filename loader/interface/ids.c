/* The ids by which a guest's userland knows the entries of the menu. */
#include "loader/interface/ids.h"

#include "base/crc.h"
#include "base/fmt.h"
#include "fs/volume.h"

#define PREFIX    "auto-"
#define SUM_BYTES 9 /* "-0badcafe" */

/* How often another id is tried for an entry whose id an earlier one has. Only a guest that wants
 * them to be the same needs more than two. */
#define TRIES 4

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* The characters that userspace accepts in an id. */
static bool is_valid(char c)
{
	return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
	       c == '_' || c == '.' || c == '@' || c == '-';
}

/* Copies NAME to TO, as long as there is ROOM, in lower case and with one '-' for each row of other
 * characters. *SAME is false when more than the case was changed. */
static size_t copy(struct str name, char *to, size_t room, bool *same)
{
	size_t n = 0, i = 0;

	for (bool gap = false; i < name.n && n < room; i++) {
		bool valid = is_valid(name.p[i]);

		*same = *same && valid;
		if (valid || !gap)
			to[n++] = (char)(valid ? lower(name.p[i]) : '-');
		gap = !valid;
	}
	*same = *same && i == name.n;
	return n;
}

/* Makes the entry's id number TRY in TO, which has room for ID_MAX bytes. The first is made of the
 * entry's own alone, the others also of its volume. */
static struct str make(const struct entry *e, uint8_t try, char *to)
{
	static const struct str prefix = S(PREFIX);
	struct str name = {e->id.p, e->id.n - e->id_more};
	bool same = name.n > 0 && try == 0;
	size_t n;
	uint32_t sum;

	if (e->id_is_file && same) {
		n = copy(name, to, ID_MAX, &same);
		if (same)
			return (struct str){to, n};
	}
	same = name.n > 0 && try == 0;
	n = fmt(to, ID_MAX, PREFIX);
	n += copy(name, to + prefix.n, ID_MAX - prefix.n - SUM_BYTES, &same);
	if (!same) {
		sum = crc32c(~0u, name.p, name.n);
		if (try > 0) {
			sum = crc32c(sum, e->menu->uuid, sizeof(e->menu->uuid));
			sum = crc32c(sum, &try, sizeof(try));
		}
		n += fmt(to + n, ID_MAX - n, "-%08x", sum);
	}
	return (struct str){to, n};
}

static bool is_taken(const struct item *items, unsigned count, struct str id)
{
	for (unsigned i = 0; i < count; i++) {
		if (str_eq(items[i].told_id, id))
			return true;
	}
	return false;
}

bool ids_make(struct item *items, unsigned count, struct arena *arena)
{
	for (unsigned i = 0; i < count; i++) {
		char buf[ID_MAX];
		struct str id = make(items[i].entry, 0, buf);
		bool taken = is_taken(items, i, id);

		for (uint8_t try = 1; taken && try < TRIES; try++) {
			id = make(items[i].entry, try, buf);
			taken = is_taken(items, i, id);
		}
		if (!taken && !str_dup(arena, id, &items[i].told_id))
			return false;
	}
	return true;
}

bool id_match(struct str id, struct str pattern)
{
	if (id.n == 0)
		return false;
	if (entry_text_match(id, pattern))
		return true;
	if (str_ends(id, S(".conf")))
		id.n -= S(".conf").n;
	else if (str_ends(id, S(".efi")))
		id.n -= S(".efi").n;
	return entry_text_match(id, pattern);
}
