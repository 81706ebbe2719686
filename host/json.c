/* Writing JSON. */
#include "host/json.h"

#include "base/printable.h"
#include "base/utf8.h"

/* Writes \uXXXX for each UTF-16 unit of C (RFC 8259, section 7). */
static void put_units(FILE *f, uint32_t c)
{
	if (c >= 0x10000)
		fprintf(f, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + (c & 0x3ff));
	else
		fprintf(f, "\\u%04x", c);
}

static void put_char(FILE *f, uint32_t c)
{
	if (c == '"' || c == '\\') {
		fprintf(f, "\\%c", (int)c);
	} else if (!char_is_printable(c)) { /* a terminal might obey it */
		put_units(f, c);
	} else {
		char bytes[4];
		size_t n = utf8_encode(c, bytes);

		fwrite(bytes, 1, n, f);
	}
}

void json_string(FILE *f, struct str s)
{
	putc('"', f);
	while (s.n > 0)
		put_char(f, utf8_next(&s));
	putc('"', f);
}

void json_string_or_null(FILE *f, struct str s)
{
	if (s.n > 0)
		json_string(f, s);
	else
		fputs("null", f);
}
