/* `test` and `[`, as grub-core/commands/test.c reads them: from left to right, all tests up to an
 * `-o` must be true. `-a` changes nothing. */
#include "config/grub/test.h"

#include "config/grub/file.h"
#include "config/grub/number.h"
#include "config/lines/text.h"

struct reading {
	struct grub *g;
	struct str *v;
	unsigned n, at;
};

/* Compares the numbers behind the part that A and B have in common. Digits at the end of that part
 * belong to the numbers. */
static int compare_behind_prefix(struct str a, struct str b)
{
	size_t i = 0;
	uint64_t x, y;

	while (i < a.n && i < b.n && a.p[i] == b.p[i])
		i++;
	while (i > 1 && grub_digit(a.p[i - 1]) < 10) /* GRUB never goes back to the first byte */
		i--;
	(void)grub_number(str_skip(a, i), 0, &x, NULL);
	(void)grub_number(str_skip(b, i), 0, &y, NULL);
	return (x > y) - (x < y);
}

/* True when NAME exists. A device alone, "(hd0)", is a directory, and so is the empty name: the
 * device in $root. */
static bool look(struct grub *g, struct str name, bool follow, struct file_info *info)
{
	struct grub_path at;
	int result = grub_path(g, name, &at);

	if (result == GRUB_BAD_NAME && (name.n == 0 || str_ends(name, S(")")))) {
		*info = (struct file_info){.type = FILE_DIRECTORY};
		return true;
	}
	return result == GRUB_OK && grub_look(g, at, follow, info);
}

/* The operators between two words. WANT has a bit for each result that makes the test true: 1 less,
 * 2 equal, 4 greater. */
enum kind { STRINGS, NUMBERS, BEHIND_PREFIX, AGES };

static const struct binary {
	char name[5];
	uint8_t kind, want;
} binaries[] = {
	{"=", STRINGS, 2},   {"==", STRINGS, 2},         {"!=", STRINGS, 5},
	{"<", STRINGS, 1},   {"<=", STRINGS, 3},         {">", STRINGS, 4},
	{">=", STRINGS, 6},  {"-eq", NUMBERS, 2},        {"-ge", NUMBERS, 6},
	{"-gt", NUMBERS, 4}, {"-le", NUMBERS, 3},        {"-lt", NUMBERS, 1},
	{"-ne", NUMBERS, 5}, {"-pgt", BEHIND_PREFIX, 4}, {"-plt", BEHIND_PREFIX, 1},
	{"-nt", AGES, 4},    {"-ot", AGES, 1},
};

/* `-nt`: is LEFT newer than RIGHT; `-ot`: is it older? A file that exists is newer than one that
 * does not. WORD is the operator: seconds behind it, as in "-nt5", are added to the time of LEFT.
 */
static bool compare_ages(struct grub *g, const struct binary *b, struct str left, struct str word,
			 struct str right)
{
	struct file_info a, c;
	bool is_left = look(g, left, false, &a), is_right = look(g, right, false, &c);
	int64_t order = (int)is_left - (int)is_right;

	if (is_left && is_right && a.timed && c.timed)
		order = (int64_t)a.mtime - c.mtime +
			(word.n > 3 ? grub_signed(str_skip(word, 3)) : 0);
	return b->want == 4 ? order > 0 : order < 0;
}

static bool binary(struct grub *g, const struct binary *b, struct str left, struct str word,
		   struct str right)
{
	int x, y;
	int order;

	switch (b->kind) {
	case STRINGS:
		order = text_compare(left, right);
		break;
	case BEHIND_PREFIX:
		order = compare_behind_prefix(left, right);
		break;
	case NUMBERS:
		x = grub_signed(left);
		y = grub_signed(right);
		order = (x > y) - (x < y);
		break;
	case AGES:
	default:
		return compare_ages(g, b, left, word, right);
	}
	return (b->want & (order < 0 ? 1u : order == 0 ? 2u : 4u)) != 0;
}

static const struct binary *find_binary(struct str word)
{
	for (size_t i = 0; i < sizeof(binaries) / sizeof(*binaries); i++) {
		struct str name = str_of(binaries[i].name);

		/* A number of seconds may follow -nt and -ot. */
		if (str_eq(name, word) || (binaries[i].kind == AGES && str_starts(word, name)))
			return &binaries[i];
	}
	return NULL;
}

/* A test of one word. False when there is no such OPERATOR. */
static bool unary(struct grub *g, char operator, struct str word, bool *is)
{
	struct file_info info = {0};

	switch (operator) {
	case 'd':
		*is = look(g, word, false, &info) && info.type == FILE_DIRECTORY;
		return true;
	case 'e':
		*is = look(g, word, false, &info);
		return true;
	case 'f':
		*is = look(g, word, false, &info) && info.type != FILE_DIRECTORY;
		return true;
	case 's':
		*is = look(g, word, true, &info) && info.type == FILE_REGULAR && info.size > 0;
		return true;
	case 'n':
	case 'z':
		*is = (word.n > 0) == (operator== 'n');
		return true;
	default:
		return false;
	}
}

static bool is_word(const struct reading *r, const char *word)
{
	return str_eq(r->v[r->at], str_of(word));
}

/* The test of two or three words that begins here; false when there is none. */
static bool take_test(struct reading *r, bool *is)
{
	const struct binary *b;
	struct str word = r->v[r->at];

	if (r->at + 2 < r->n && (b = find_binary(r->v[r->at + 1])) != NULL) {
		*is = binary(r->g, b, word, r->v[r->at + 1], r->v[r->at + 2]);
		r->at += 3;
		return true;
	}
	if (r->at + 1 < r->n && word.n == 2 && word.p[0] == '-' &&
	    unary(r->g, word.p[1], r->v[r->at + 1], is)) {
		r->at += 2;
		return true;
	}
	return false;
}

/* Evaluates up to the ')' that ends the expression, or to the last word. */
static bool expression(struct reading *r)
{
	bool all = true, any = false, invert = false;

	if (++r->g->nesting > GRUB_NESTING_MAX)
		grub_limit(r->g, "a test has too many parentheses");
	while (r->at < r->n && grub_going(r->g)) {
		bool is, test = take_test(r, &is);

		if (!test && is_word(r, ")")) {
			r->at++;
			break;
		}
		if (!test && is_word(r, "!")) {
			invert = !invert;
			r->at++;
			continue;
		}
		if (!test && (is_word(r, "-a") || is_word(r, "-o"))) {
			if (r->v[r->at].p[1] == 'o') {
				any |= all;
				all = true;
			}
			r->at++;
			continue;
		}
		if (!test && is_word(r, "(")) {
			r->at++;
			is = expression(r);
		} else if (!test) {
			is = r->v[r->at++].n > 0;
		}
		all = all && is != invert;
		invert = false;
	}
	r->g->nesting--;
	return any || all;
}

int grub_test(struct grub *g, struct grub_args *args)
{
	struct reading r = {g, args->v, args->n, 0};

	if (r.n > 0 && str_eq(r.v[r.n - 1], S("]")))
		r.n--;
	return expression(&r) ? GRUB_OK : GRUB_FALSE;
}
