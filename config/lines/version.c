/* Which version is newer? By the rules of the UAPI group, of Fedora's GRUB, and of GRUB 2.14. */
#include "config/lines/version.h"

#include "config/lines/text.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The first character, or 0 at the end. A NUL in the middle belongs to no version and ends it. */
static char head(struct str s)
{
	return s.n > 0 ? s.p[0] : '\0';
}

/* str_skip() for strings whose P may be NULL: N is 0 then, and nothing may be added to NULL. */
static struct str skip(struct str s, size_t n)
{
	return n > 0 ? (struct str){s.p + n, s.n - n} : s;
}

typedef bool class_fn(char);

/* Cuts the longest prefix whose characters are all IN the class. */
static struct str cut_class(struct str *s, class_fn *in)
{
	struct str part = {s->p, 0};

	while (part.n < s->n && in(s->p[part.n]))
		part.n++;
	*s = skip(*s, part.n);
	return part;
}

/* Compares numbers of any length; no digits at all are 0. */
static int compare_numbers(struct str a, struct str b)
{
	while (head(a) == '0')
		a = skip(a, 1);
	while (head(b) == '0')
		b = skip(b, 1);
	return a.n != b.n ? (a.n > b.n) - (a.n < b.n) : text_compare(a, b);
}

/* The same, but no digits at all are below every number. */
static int compare_digits(struct str a, struct str b)
{
	if (a.n == 0 || b.n == 0)
		return (a.n > 0) - (b.n > 0);
	return compare_numbers(a, b);
}

static bool is_ignored(char c)
{
	return !is_digit(c) && !is_alpha(c) && c != '~' && c != '-' && c != '^' && c != '.';
}

/* Cuts off the digits that either begins with, else the letters, and compares them. */
static int compare_run(struct str *a, struct str *b)
{
	if (is_digit(head(*a)) || is_digit(head(*b)))
		return compare_digits(cut_class(a, is_digit), cut_class(b, is_digit));
	return text_compare(cut_class(a, is_alpha), cut_class(b, is_alpha));
}

/* Compares by SEPARATOR: a string that begins with it is older than one that does not. When both
 * do, it is cut off both. */
static int compare_end(struct str *a, struct str *b, char separator, bool *both)
{
	bool in_a = head(*a) == separator, in_b = head(*b) == separator;

	*both = in_a && in_b;
	if (*both) {
		*a = skip(*a, 1);
		*b = skip(*b, 1);
	}
	return in_b - in_a;
}

int version_compare(struct str a, struct str b)
{
	for (;;) {
		int order;
		bool both;

		(void)cut_class(&a, is_ignored);
		(void)cut_class(&b, is_ignored);
		order = compare_end(&a, &b, '~', &both);
		if (order != 0)
			return order;
		if (a.n == 0 || b.n == 0)
			return (a.n > 0) - (b.n > 0);
		for (const char *c = "-^."; *c != '\0' && order == 0; c++)
			order = compare_end(&a, &b, *c, &both);
		if (order != 0)
			return order;
		order = compare_run(&a, &b);
		if (order != 0)
			return order;
	}
}

static bool is_ignored_by_rpm(char c)
{
	return !is_digit(c) && !is_alpha(c) && c != '~' && c != '+';
}

/* One part, as rpm compares it. */
static int compare_rpm(struct str a, struct str b)
{
	for (;;) {
		int order;
		bool both;

		(void)cut_class(&a, is_ignored_by_rpm);
		(void)cut_class(&b, is_ignored_by_rpm);
		order = compare_end(&a, &b, '~', &both);
		if (both)
			continue;
		if (order != 0)
			return order;
		if (a.n == 0 || b.n == 0)
			return (a.n > 0) - (b.n > 0);
		order = compare_end(&a, &b, '+', &both);
		if (both)
			continue;
		if (order != 0)
			return order;
		order = compare_run(&a, &b);
		if (order != 0)
			return order;
	}
}

/* Cuts what follows the last '-' off *S; all of *S when there is none, which leaves it empty. */
static struct str cut_last(struct str *s)
{
	struct str part;
	size_t at = s->n;

	while (at > 0 && s->p[at - 1] != '-')
		at--;
	part = skip(*s, at);
	*s = (struct str){s->p, at > 0 ? at - 1 : 0};
	return part;
}

/* Splits NAME-VERSION-RELEASE; the last parts are empty when there are fewer. */
static void split_name(struct str s, struct str part[3])
{
	struct str release = cut_last(&s), version = cut_last(&s);
	unsigned n = 0;

	if (s.n > 0)
		part[n++] = s;
	if (version.n > 0)
		part[n++] = version;
	part[n++] = release;
	while (n < 3)
		part[n++] = S("");
}

int version_compare_grub(struct str a, struct str b)
{
	struct str in_a[3], in_b[3];
	int order = 0;

	split_name(a, in_a);
	split_name(b, in_b);
	for (unsigned i = 0; i < 3 && order == 0; i++)
		order = compare_rpm(in_a[i], in_b[i]);
	return order;
}

/* The weight of the first byte, outside of a number: '~' comes before the end, the end before
 * letters, letters before all else. */
static int weight(struct str s)
{
	unsigned char c = (unsigned char)head(s);

	if (s.n == 0 || is_digit(head(s)))
		return s.n == 0 ? -1 : 0;
	return c == '~' ? -2 : is_alpha(head(s)) ? c : c + 256;
}

/* Compares two names as Debian compares versions. */
static int compare_debian(struct str a, struct str b)
{
	int order = 0;

	while (order == 0 && (a.n > 0 || b.n > 0)) {
		while (order == 0 &&
		       ((a.n > 0 && !is_digit(head(a))) || (b.n > 0 && !is_digit(head(b))))) {
			order = weight(a) - weight(b);
			a = skip(a, a.n > 0);
			b = skip(b, b.n > 0);
		}
		if (order == 0)
			order = compare_numbers(cut_class(&a, is_digit), cut_class(&b, is_digit));
	}
	return order;
}

/* S without the suffixes of a file name: (.LETTERS-AND-DIGITS)*, a letter or '~' first. */
static struct str without_suffixes(struct str s)
{
	size_t i = 0, n;

	for (;; i++) {
		n = i;
		while (i + 1 < s.n && s.p[i] == '.' &&
		       (is_alpha(s.p[i + 1]) || s.p[i + 1] == '~')) {
			for (i += 2;
			     i < s.n && (is_alpha(s.p[i]) || is_digit(s.p[i]) || s.p[i] == '~');)
				i++;
		}
		if (i >= s.n)
			return (struct str){s.p, n};
	}
}

int version_compare_file(struct str a, struct str b)
{
	int order = compare_debian(without_suffixes(a), without_suffixes(b));

	return order != 0 ? order : compare_debian(a, b);
}
