/* UTF-8, one character at a time, strictly as RFC 3629 defines it. */
#include "base/utf8.h"

#define LONGEST 4

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The length in bytes that a character's first byte announces, 0 when no character begins with it;
 * *BITS are the bits of the character in that byte. */
static size_t lead(unsigned char byte, uint32_t *bits)
{
	if (byte < 0x80) {
		*bits = byte;
		return 1;
	}
	if (byte >= 0xc2 && byte < 0xe0) {
		*bits = byte & 0x1f;
		return 2;
	}
	if (byte >= 0xe0 && byte < 0xf0) {
		*bits = byte & 0x0f;
		return 3;
	}
	if (byte >= 0xf0 && byte < 0xf5) {
		*bits = byte & 0x07;
		return 4;
	}
	return 0;
}

size_t utf8_decode(struct str s, uint32_t *c)
{
	static const uint32_t least[LONGEST + 1] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t v = 0;
	size_t n = s.n == 0 ? 0 : lead((unsigned char)s.p[0], &v);

	if (n == 0 || n > s.n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (!is_continuation(s.p[i]))
			return 0;
		v = v << 6 | ((unsigned char)s.p[i] & 0x3f);
	}
	if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
		return 0;
	*c = v;
	return n;
}

uint32_t utf8_next(struct str *rest)
{
	uint32_t c = UTF8_REPLACEMENT;
	size_t n = utf8_decode(*rest, &c);

	n += n == 0;
	*rest = str_skip(*rest, n);
	return c;
}

size_t utf8_encode(uint32_t c, char *buf)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char marks[LONGEST + 1] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = n - 1; i > 0; i--) {
		buf[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	buf[0] = (char)(marks[n] | c);
	return n;
}

size_t utf8_before(struct str s, size_t at)
{
	uint32_t c;

	for (size_t n = 2; n <= LONGEST && n <= at; n++) {
		if (utf8_decode((struct str){s.p + (at - n), n}, &c) == n)
			return at - n;
	}
	return at - 1;
}

struct str utf8_cut(struct str s, size_t most)
{
	if (s.n <= most)
		return s;
	/* Continuation bytes at the cut belong to a character that began before it. */
	for (size_t n = most; n > 0 && most - n < LONGEST; n--) {
		if (!is_continuation(s.p[n]))
			return (struct str){s.p, n};
	}
	return (struct str){s.p, most};
}
