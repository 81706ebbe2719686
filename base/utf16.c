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

struct str utf16_decode(const le16 *units, size_t n, char *to)
{
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t c = get_le16(units[i]);
		uint32_t low = i + 1 < n ? get_le16(units[i + 1]) : 0;

		if (c >> 10 == 0xd800 >> 10 && low >> 10 == 0xdc00 >> 10) {
			c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
			i++;
		} else if (c >> 11 == 0xd800 >> 11) {
			c = UTF8_REPLACEMENT;
		}
		bytes += utf8_encode(c, to + bytes);
	}
	return (struct str){to, bytes};
}
