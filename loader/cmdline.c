/* The kernel's command line, in words as the kernel sees them. */
#include "loader/cmdline.h"

#include "base/arena.h"

/* isspace() of C's own locale. */
static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str cmdline_cut(struct str *rest)
{
	struct str word = *rest;
	bool quoted = false;
	size_t n = 0;

	for (; n < rest->n && (quoted || !is_space(rest->p[n])); n++)
		quoted ^= rest->p[n] == '"';
	while (n < rest->n && is_space(rest->p[n]))
		n++;
	word.n = n;
	*rest = (struct str){rest->p + n, rest->n - n};
	return word;
}

struct str cmdline_unquote(struct str s)
{
	if (!str_cut_prefix(&s, S("\"")))
		return s;
	return str_ends(s, S("\"")) ? (struct str){s.p, s.n - 1} : s;
}

/* The first word alone: without the blanks behind it, and without quotes around all of it. */
static struct str cut_bare(struct str *rest)
{
	struct str word = cmdline_cut(rest);

	while (word.n > 0 && is_space(word.p[word.n - 1]))
		word.n--;
	return cmdline_unquote(word);
}

size_t cmdline_end(struct str options)
{
	for (struct str rest = options; rest.n > 0;) {
		size_t at = options.n - rest.n;

		if (str_eq(cut_bare(&rest), S("--")))
			return at;
	}
	return options.n;
}

bool cmdline_value(struct str options, struct str name, struct str *value)
{
	struct str rest = {options.p, cmdline_end(options)};
	bool found = false;

	while (rest.n > 0) {
		struct str word = cut_bare(&rest);

		if (!str_cut_prefix(&word, name))
			continue;
		*value = cmdline_unquote(word);
		found = true;
	}
	return found;
}

bool cmdline_has(struct str options, struct str word)
{
	struct str rest = {options.p, cmdline_end(options)};

	while (rest.n > 0) {
		if (str_eq(cut_bare(&rest), word))
			return true;
	}
	return false;
}

enum cmdline_by cmdline_names(struct str value, struct str *name)
{
	static const struct {
		struct str prefix;
		enum cmdline_by by;
	} kinds[] = {
		{S("UUID="), BY_UUID},          {S("/dev/disk/by-uuid/"), BY_UUID},
		{S("LABEL="), BY_LABEL},        {S("/dev/disk/by-label/"), BY_LABEL},
		{S("PARTUUID="), BY_PARTITION}, {S("PARTLABEL="), BY_PARTITION},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!str_cut_prefix(&value, kinds[i].prefix))
			continue;
		*name = cmdline_unquote(value);
		return kinds[i].by;
	}
	*name = value;
	return BY_OTHER;
}

bool cmdline_add(struct arena *a, struct str *options, struct str more)
{
	size_t end = cmdline_end(*options);
	struct str head = str_trim((struct str){options->p, end});
	struct str tail = {options->p + end, options->n - end};

	return str_fmt(a, options, "%.*s%s%.*s%s%.*s", STR_ARG(head), head.n > 0 ? " " : "",
		       STR_ARG(more), tail.n > 0 ? " " : "", STR_ARG(tail));
}
