/* UTF-16, as the firmware wants its strings. */
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
