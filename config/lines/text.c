/* Text that is put together piece by piece, and words that are cut off one. */
#include "config/lines/text.h"

#include "base/arena.h"
#include "base/mem.h"

bool text_init(struct text *t, struct arena *a)
{
	*t = (struct text){.p = arena_alloc(a, TEXT_MAX)};
	return t->p != NULL;
}

void text_add(struct text *t, struct str s)
{
	size_t n = s.n <= TEXT_MAX - t->n ? s.n : TEXT_MAX - t->n;

	if (n > 0)
		memcpy(t->p + t->n, s.p, n);
	t->n += n;
	t->full |= n < s.n;
}

void text_join(struct text *t, struct str s)
{
	if (s.n > 0 && t->n > 0)
		text_add(t, S(" "));
	text_add(t, s);
}

bool text_take(const struct text *t, struct arena *a, struct str *copy)
{
	return str_dup(a, (struct str){t->p, t->n}, copy);
}

struct str text_word(struct str *rest)
{
	struct str s = str_trim(*rest);
	size_t n = 0;

	while (n < s.n && !str_is_blank(s.p[n]))
		n++;
	*rest = str_trim((struct str){n > 0 ? s.p + n : s.p, s.n - n});
	return (struct str){s.p, n};
}

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool text_same(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	}
	return true;
}

int text_compare(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n > 0 ? memcmp(a.p, b.p, n) : 0;

	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

size_t text_find(struct str s, struct str needle)
{
	for (size_t i = 0; i + needle.n <= s.n; i++) {
		if (memcmp(s.p + i, needle.p, needle.n) == 0)
			return i;
	}
	return s.n;
}
