/* UTF-16, in which the firmware has its strings. */
#include "base/utf16.h"

#include "base/utf8.h"

size_t utf16_from(struct str text, uint16_t *to, size_t capacity)
{
	size_t n = 0;

	while (text.n > 0) {
		uint32_t c = utf8_next(&text);
		size_t units = c >= 0x10000 ? 2 : 1;

		if (n + units <= capacity && units == 1) {
			to[n] = (uint16_t)c;
		} else if (n + units <= capacity) {
			to[n] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
			to[n + 1] = (uint16_t)(0xdc00 + ((c - 0x10000) & 0x3ff));
		}
		n += units;
	}
	return n;
}

size_t utf16_next(const le16 *p, size_t n, uint32_t *c)
{
	uint32_t first, low;

	if (n == 0)
		return 0;
	first = get_le16(p[0]);
	if (first >> 11 != 0xd800 >> 11) {
		*c = first;
		return 1;
	}
	low = n > 1 ? get_le16(p[1]) : 0;
	if (first >> 10 != 0xd800 >> 10 || low >> 10 != 0xdc00 >> 10)
		return 0;
	*c = 0x10000 + ((first & 0x3ff) << 10) + (low & 0x3ff);
	return 2;
}

struct str utf16_decode(const le16 *units, size_t n, char *to)
{
	size_t bytes = 0;

	while (n > 0) {
		uint32_t c = UTF8_REPLACEMENT;
		size_t taken = utf16_next(units, n, &c);

		taken += taken == 0;
		units += taken;
		n -= taken;
		bytes += utf8_encode(c, to + bytes);
	}
	return (struct str){to, bytes};
}
