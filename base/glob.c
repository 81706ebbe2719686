/* Shell globs. */
#include "base/glob.h"

/* Matches the bracket expression at the start of PATTERN against C. Returns the length of
 * the expression; 0 when it is not closed, so that '[' stands for itself. */
static size_t match_set(struct str pattern, char c, bool *in)
{
	size_t i = 1;
	bool negated = i < pattern.n && (pattern.p[i] == '!' || pattern.p[i] == '^');
	bool found = false;

	i += negated;
	for (size_t first = i; i < pattern.n && (pattern.p[i] != ']' || i == first); i++) {
		char low = pattern.p[i], high = low;

		if (i + 2 < pattern.n && pattern.p[i + 1] == '-' && pattern.p[i + 2] != ']') {
			high = pattern.p[i + 2];
			i += 2;
		}
		found |= low <= c && c <= high;
	}
	*in = found != negated;
	return i < pattern.n ? i + 1 : 0;
}

/* Matches C against the head of PATTERN, which is no '*'. Returns how many bytes of PATTERN matched
 * it; 0 when it does not match. */
static size_t match_one(struct str pattern, char c)
{
	bool in;
	size_t n;

	if (pattern.n == 0)
		return 0;
	if (pattern.p[0] == '?')
		return 1;
	if (pattern.p[0] == '[') {
		n = match_set(pattern, c, &in);
		if (n != 0)
			return in ? n : 0;
	}
	if (pattern.p[0] == '\\' && pattern.n > 1)
		return pattern.p[1] == c ? 2 : 0;
	return pattern.p[0] == c ? 1 : 0;
}

bool glob_match(struct str pattern, struct str text)
{
	size_t p = 0, t = 0;
	size_t star = SIZE_MAX, retry = 0; /* the last '*', and how far its text reaches so far */

	while (t < text.n) {
		struct str rest = str_skip(pattern, p);
		bool at_star = rest.n > 0 && rest.p[0] == '*';
		size_t matched = at_star ? 0 : match_one(rest, text.p[t]);

		if (at_star) {
			star = p++;
			retry = t;
		} else if (matched != 0) {
			p += matched;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++retry;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}
