/* Writing JSON. */
#include "host/json.h"

#include "base/utf8.h"

static void put_char(FILE *f, uint32_t c)
{
	if (c == '"' || c == '\\') {
		fprintf(f, "\\%c", (int)c);
	} else if (c < 0x20 ||
		   (c >= 0x7f && c < 0xa0)) { /* DEL and C1 too: it may meet a terminal */
		fprintf(f, "\\u%04x", c);
	} else {
		char bytes[4];
		size_t n = utf8_encode(c, bytes);

		fwrite(bytes, 1, n, f);
	}
}

void json_string(FILE *f, struct str s)
{
	putc('"', f);
	while (s.n > 0) {
		uint32_t c = UTF8_REPLACEMENT;
		size_t n = utf8_decode(s, &c);

		put_char(f, c);
		n = n > 0 ? n : 1;
		s = (struct str){s.p + n, s.n - n};
	}
	putc('"', f);
}

void json_string_or_null(FILE *f, struct str s)
{
	if (s.n > 0)
		json_string(f, s);
	else
		fputs("null", f);
}
