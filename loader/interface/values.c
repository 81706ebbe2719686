/* The variables of the Boot Loader Interface as text. */
#include "loader/interface/values.h"

#include "base/arena.h"
#include "base/printable.h"
#include "base/utf16.h"
#include "base/utf8.h"

enum status value_decode(struct arena *arena, const void *value, size_t bytes, struct str *text)
{
	const le16 *units = value;
	size_t n = bytes / sizeof(*units), made = 0;
	char *to;

	if (n > 0 && get_le16(units[n - 1]) == 0)
		n--;
	if (n > VALUE_READ)
		return E_LIMIT;
	if (n == 0 || bytes % sizeof(*units) != 0)
		return E_CORRUPT;
	to = arena_alloc(arena, 3 * n); /* no unit takes more */
	if (to == NULL)
		return E_NO_MEMORY;
	while (n > 0) {
		uint32_t c = 0;
		size_t taken = utf16_next(units, n, &c);

		if (taken == 0 || char_is_control(c))
			return E_CORRUPT;
		made += utf8_encode(c, to + made);
		units += taken;
		n -= taken;
	}
	*text = (struct str){to, made};
	return OK;
}

enum status value_get(struct arena *arena, const char *name, struct str *text)
{
	le16 units[VALUE_READ + 1];
	size_t bytes;
	enum status status = platform_get(VENDOR_LOADER, name, units, sizeof(units), &bytes);

	return status == OK ? value_decode(arena, units, bytes, text) : status;
}

enum status value_set(const char *name, enum keeping keeping, const struct str *texts,
		      unsigned count, struct report *report)
{
	static uint16_t units[VALUE_WRITE / sizeof(uint16_t)];
	size_t room = sizeof(units) / sizeof(*units), n = 0;

	for (unsigned i = 0; i < count; i++) {
		size_t more = utf16_from(texts[i], units + n, room - n);

		if (more >= room - n)
			break;
		n += more;
		units[n++] = 0;
	}
	return platform_set(VENDOR_LOADER, name, keeping, units, n * sizeof(*units), report);
}

void value_delete(const char *name, struct report *scratch)
{
	size_t mark = report_mark(scratch);

	(void)platform_set(VENDOR_LOADER, name, KEEP_FOR_EVER, NULL, 0, scratch);
	report_rewind(scratch, mark);
}
