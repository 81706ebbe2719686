/* Word expansion as grub-core/script/execute.c does it: a word is built byte by byte at g->low, and
 * added to the list at g->high when it is complete. */
#include "config/grub/words.h"

#include "base/fmt.h"
#include "base/mem.h"
#include "config/grub/number.h"

/* The word that is being built. */
struct word {
	char *start;
	bool exists; /* a word even if empty: "" is one, a variable without a value is not */
	bool glob;
};

struct grub_mark grub_words_mark(const struct grub *g)
{
	return (struct grub_mark){g->low, g->high};
}

void grub_words_release(struct grub *g, struct grub_mark mark)
{
	g->low = mark.low;
	g->high = mark.high;
}

struct grub_scope grub_words_since(struct grub *g, struct grub_mark mark)
{
	size_t n = (size_t)(mark.high - g->high);

	for (size_t i = 0; i < n / 2; i++) {
		struct str swap = g->high[i];

		g->high[i] = g->high[n - 1 - i];
		g->high[n - 1 - i] = swap;
	}
	return (struct grub_scope){g->high, (unsigned)n};
}

/* True when N more bytes fit. */
static bool room(struct grub *g, size_t n)
{
	if (g->status == OK && (size_t)((char *)g->high - g->low) < n)
		grub_limit(g, "the words of a command are too long");
	grub_charge(g, n);
	return g->status == OK;
}

void grub_words_bytes(struct grub *g, struct str text)
{
	if (text.n == 0 || !room(g, text.n))
		return;
	memcpy(g->low, text.p, text.n);
	g->low += text.n;
}

void grub_words_push(struct grub *g, struct str word)
{
	if (room(g, sizeof(struct str)))
		*--g->high = word;
}

static void put(struct grub *g, struct word *w, char c)
{
	w->exists = true;
	if (room(g, 1))
		*g->low++ = c;
}

/* Completes the word; the next one begins behind it. */
static void finish(struct grub *g, struct word *w)
{
	struct str s = {w->start, (size_t)(g->low - w->start)};
	bool path = s.n > 0 && (s.p[0] == '/' || s.p[0] == '(' || s.p[0] == GRUB_STAR);

	if (w->exists && !(w->glob && path && grub_glob(g, s))) {
		for (size_t i = 0; w->glob && i < s.n; i++) {
			if (s.p[i] == GRUB_STAR || s.p[i] == GRUB_ANY)
				w->start[i] = s.p[i] == GRUB_STAR ? '*' : '?';
		}
		grub_words_push(g, s);
	}
	*w = (struct word){.start = g->low};
}

/* Adds an unquoted byte, in which `*` and `?` match file names. */
static void put_active(struct grub *g, struct word *w, char c)
{
	w->glob |= c == '*' || c == '?';
	put(g, w, (char)(c == '*' ? GRUB_STAR : c == '?' ? GRUB_ANY : c));
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Adds a variable's value; outside of quotes its blanks end a word. */
static void put_value(struct grub *g, struct word *w, struct str value, bool quoted)
{
	size_t i = 0;

	while (!quoted && i < value.n && is_space(value.p[i]))
		i++;
	for (; i < value.n && grub_going(g); i++) {
		char c = value.p[i];

		if (quoted) {
			put(g, w, c);
		} else if (is_space(c)) {
			while (i + 1 < value.n && is_space(value.p[i + 1]))
				i++;
			if (i + 1 < value.n)
				finish(g, w);
		} else if (c == '\\' && i + 1 < value.n) {
			bool escapes = value.p[i + 1] == '*' || value.p[i + 1] == '?';

			put(g, w, c);
			if (escapes)
				put(g, w, value.p[++i]);
		} else {
			put_active(g, w, c);
		}
	}
}

static void put_number(struct grub *g, struct word *w, int number)
{
	char buf[12];
	size_t n = fmt(buf, sizeof(buf), "%d", number);

	put_value(g, w, (struct str){buf, n}, true);
}

/* $@ and $*: "$*" is one word, the other forms make several. */
static void put_all(struct grub *g, struct word *w, bool quoted, bool star)
{
	for (unsigned i = 0; g->scope.v != NULL && i < g->scope.n && grub_going(g); i++) {
		if (i > 0 && quoted && star)
			put(g, w, ' ');
		else if (i > 0)
			finish(g, w);
		w->exists |= quoted;
		put_value(g, w, g->scope.v[i], quoted);
	}
}

static void put_variable(struct grub *g, struct word *w, struct str name, bool quoted)
{
	uint64_t n;

	if (str_eq(name, S("?")))
		put_number(g, w, g->result);
	else if (str_eq(name, S("#")) && g->scope.v != NULL)
		put_number(g, w, (int)g->scope.n);
	else if (str_eq(name, S("@")) || str_eq(name, S("*")))
		put_all(g, w, quoted, name.p[0] == '*');
	else if (name.p[0] > '9' || name.p[0] < '0')
		put_value(g, w, grub_get(g, name), quoted);
	else if (g->scope.v != NULL && str_u64(name, &n) && n > 0 && n <= g->scope.n)
		put_value(g, w, g->scope.v[n - 1], quoted);
}

/* Adds a quoted string. *REST begins behind the opening quote and is left behind the closing one.
 */
static void put_quoted(struct grub *g, struct word *w, struct str *rest, char quote)
{
	size_t i = 0;

	w->exists = true;
	for (; i < rest->n && rest->p[i] != quote && grub_going(g); i++) {
		char c = rest->p[i], next = (char)(i + 1 < rest->n ? rest->p[i + 1] : '\0');
		struct str name;
		size_t n;

		if (quote == '"' && c == '\\' &&
		    (next == '$' || next == '\\' || next == '"' || next == '\n')) {
			i++;
			if (next != '\n')
				put(g, w, next);
		} else if (quote == '"' && c == '$' &&
			   (n = grub_lex_variable(str_skip(*rest, i + 1), &name)) > 0) {
			put_variable(g, w, name, true);
			i += n;
		} else {
			put(g, w, c);
		}
	}
	*rest = str_skip(*rest, i);
	str_cut(rest, quote);
}

bool grub_words_is_hex(struct str s)
{
	return s.n >= 3 && s.p[0] == 'x' && grub_digit(s.p[1]) < 16 && grub_digit(s.p[2]) < 16;
}

/* Adds the byte behind an unquoted backslash. `\xNN` keeps its backslash, because systemd and
 * others read such escapes on the command line. A newline is dropped. */
static void put_escaped(struct grub *g, struct word *w, struct str *rest)
{
	if (rest->n == 0)
		return;
	if (grub_words_is_hex(*rest))
		put(g, w, '\\');
	if (rest->p[0] != '\n')
		put(g, w, rest->p[0]);
	*rest = str_skip(*rest, 1);
}

void grub_words_add(struct grub *g, struct str token)
{
	struct word w = {.start = g->low};

	while (token.n > 0 && grub_going(g)) {
		char c = token.p[0];
		struct str name;
		size_t n;

		token = str_skip(token, 1);
		if (c == '\\') {
			put_escaped(g, &w, &token);
		} else if (c == '\'' || c == '"') {
			put_quoted(g, &w, &token, c);
		} else if (c == '$' && (n = grub_lex_variable(token, &name)) > 0) {
			token = str_skip(token, n);
			put_variable(g, &w, name, false);
		} else if (c != '$' || token.n == 0 || token.p[0] != '"') {
			put_active(g, &w, c); /* the '$' of $"..." is dropped */
		}
	}
	finish(g, &w);
}
