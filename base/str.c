/* Strings as borrowed bytes with a length. */
#include "base/str.h"

#include "base/arena.h"
#include "base/fmt.h"
#include "base/mem.h"

struct str str_of(const char *text)
{
	size_t n = 0;

	while (text[n] != '\0')
		n++;
	return (struct str){text, n};
}

bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq((struct str){s.p, prefix.n}, prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_skip(s, s.n - suffix.n), suffix);
}

bool str_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

struct str str_trim(struct str s)
{
	while (s.n > 0 && str_is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && str_is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool str_cut_prefix(struct str *rest, struct str prefix)
{
	if (!str_starts(*rest, prefix))
		return false;
	*rest = str_skip(*rest, prefix.n);
	return true;
}

size_t str_find(struct str s, char byte)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != byte)
		i++;
	return i;
}

struct str str_cut(struct str *rest, char separator)
{
	size_t at = str_find(*rest, separator);
	struct str part = {rest->p, at};

	if (rest->n > 0) /* {NULL, 0} stays as it is: NULL + 0 is undefined */
		*rest = str_skip(*rest, at < rest->n ? at + 1 : at);
	return part;
}

bool str_u64(struct str s, uint64_t *n)
{
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = (unsigned char)s.p[i] - (unsigned)'0';

		if (digit > 9 || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, digit, &v))
			return false;
	}
	*n = v;
	return true;
}

bool str_cut_u64(struct str *s, uint64_t *n)
{
	size_t digits = 0;

	while (digits < s->n && s->p[digits] >= '0' && s->p[digits] <= '9')
		digits++;
	if (!str_u64((struct str){s->p, digits}, n))
		return false;
	*s = str_skip(*s, digits);
	return true;
}

bool str_dup(struct arena *a, struct str s, struct str *copy)
{
	char *p = arena_alloc(a, s.n + 1);

	if (p == NULL)
		return false;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	*copy = (struct str){p, s.n};
	return true;
}

bool str_fmt(struct arena *a, struct str *made, const char *f, ...)
{
	va_list args;
	size_t n;
	char *p;

	va_start(args, f);
	n = fmt_va(NULL, 0, f, args);
	va_end(args);
	p = arena_alloc(a, n + 1);
	if (p == NULL)
		return false;
	va_start(args, f);
	fmt_va(p, n, f, args);
	va_end(args);
	*made = (struct str){p, n};
	return true;
}
