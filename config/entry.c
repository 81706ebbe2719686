/* Questions about one entry, or about the entries of one volume. */
#include "config/entry.h"

#include "base/fmt.h"
#include "base/glob.h"

/* Copies S to BUF in lower case; false when it is longer than GLOB_MAX bytes, which BUF has. */
static bool fold(struct str s, char *buf, struct str *folded)
{
	if (s.n > GLOB_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		buf[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] - 'A' + 'a' : s.p[i]);
	*folded = (struct str){buf, s.n};
	return true;
}

bool entry_text_match(struct str text, struct str pattern)
{
	char pattern_buf[GLOB_MAX], text_buf[GLOB_MAX];

	return fold(pattern, pattern_buf, &pattern) && fold(text, text_buf, &text) &&
	       glob_match(pattern, text);
}

bool entry_match(const struct entry *e, struct str pattern)
{
	return entry_text_match(e->id, pattern) || entry_text_match(e->title, pattern);
}

struct str entry_line(const struct entry *e, char *buf)
{
	return (struct str){buf, e->line > 0 ? fmt(buf, ENTRY_LINE_BYTES, ":%u", e->line) : 0};
}

bool config_boots(const struct config *c)
{
	for (const struct entry *e = c->first; e != NULL; e = e->next) {
		if (e->problem.n == 0)
			return true;
	}
	return false;
}

bool entry_is_spent(const struct entry *e)
{
	return e->counted && e->left == 0;
}
