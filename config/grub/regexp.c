/* `regexp`: extended regular expressions of POSIX. An expression becomes a small program, which is
 * tried at each place of the text, going back to the last choice where it fails. Of the
 * alternatives in a group the first that matches counts, not the longest. */
#include "base/mem.h"
#include "config/grub/commands.h"
#include "config/grub/number.h"
#include "config/grub/options.h"
#include "config/grub/words.h"

/* The most instructions of a program, groups and loops of an expression, and levels of parentheses;
 * and the most work of one match: instructions written, moved and run, and bytes of brackets
 * compared. */
#define PROGRAM_MAX 400
#define GROUPS      10
#define LOOPS       16
#define DEPTH_MAX   16
#define WORK_MAX    200000

enum op { OP_BYTE, OP_ANY, OP_SET, OP_START, OP_END, OP_SPLIT, OP_JUMP, OP_SAVE, OP_MATCH };

struct instruction {
	enum op op : 8;
	int16_t x, y; /* relative places, X is tried first; a byte; part of the pattern; an edge */
};

struct program {
	struct str pattern;
	size_t at;
	struct instruction code[PROGRAM_MAX];
	int n;
	int groups, loops, depth;
	size_t work;
	bool bad;
};

/* What to do when a match fails. AT >= 0: go on at PC there. AT < 0: the edge GROUP becomes OLD
 * again, and the choice before this one is next. */
struct choice {
	int pc, at;
	int group, old;
};

static bool alternatives(struct program *);

static bool peek(const struct program *p, char c)
{
	return p->at < p->pattern.n && p->pattern.p[p->at] == c;
}

static void insert(struct program *p, int place, enum op op, int x, int y)
{
	if (p->n == PROGRAM_MAX) {
		p->bad = true;
		return;
	}
	p->work += (size_t)(p->n - place) + 1;
	memmove(&p->code[place + 1], &p->code[place], (size_t)(p->n - place) * sizeof(*p->code));
	p->code[place] = (struct instruction){op, (int16_t)x, (int16_t)y};
	p->n++;
}

static void emit(struct program *p, enum op op, int x, int y)
{
	insert(p, p->n, op, x, y);
}

/* A bracket expression, behind its '['. */
static void bracket(struct program *p)
{
	size_t start = p->at, end;

	p->at += peek(p, '^');
	p->at += peek(p, ']');
	while (p->at < p->pattern.n && !peek(p, ']')) {
		bool class =
			peek(p, '[') && p->at + 1 < p->pattern.n && p->pattern.p[p->at + 1] == ':';

		p->at++;
		while (class && p->at < p->pattern.n && !peek(p, ']'))
			p->at++;
		p->at += class;
	}
	end = p->at++;
	p->bad |= end >= p->pattern.n || end > INT16_MAX;
	emit(p, OP_SET, (int)start, (int)end);
}

static void atom(struct program *p)
{
	char c = p->pattern.p[p->at++];
	int group;

	switch (c) {
	case '(':
		group = ++p->groups;
		p->bad |= ++p->depth > DEPTH_MAX;
		if (group < GROUPS)
			emit(p, OP_SAVE, 2 * group, 0);
		p->bad |= p->bad || !alternatives(p) || !peek(p, ')');
		p->at++;
		if (group < GROUPS)
			emit(p, OP_SAVE, 2 * group + 1, 0);
		p->depth--;
		return;
	case '[':
		bracket(p);
		return;
	case '.':
		emit(p, OP_ANY, 0, 0);
		return;
	case '^':
		emit(p, OP_START, 0, 0);
		return;
	case '$':
		emit(p, OP_END, 0, 0);
		return;
	case '\\':
		p->bad |= p->at >= p->pattern.n;
		c = (char)(p->bad ? '\0' : p->pattern.p[p->at++]);
		break;
	default:
		break;
	}
	emit(p, OP_BYTE, c, 0);
}

/* Appends a copy of the N instructions at PLACE. */
static void copy(struct program *p, int place, int n)
{
	for (int i = 0; i < n && !p->bad; i++)
		emit(p, p->code[place + i].op, p->code[place + i].x, p->code[place + i].y);
}

/* Repeats the piece at PLACE as often as possible, perhaps never. A round that takes no byte is the
 * last: each keeps where it began, as a group keeps its edges. */
static void star(struct program *p, int place)
{
	int n = p->n - place, slot = 2 * GROUPS + p->loops;

	p->bad |= p->loops++ == LOOPS;
	insert(p, place, OP_SAVE, slot, 0);
	insert(p, place, OP_SPLIT, 1, n + 3);
	emit(p, OP_JUMP, -(n + 2), slot);
}

static int bound(struct program *p, int none)
{
	struct str rest = str_skip(p->pattern, p->at);
	uint64_t value;
	size_t n;

	if (rest.n == 0 || grub_digit(rest.p[0]) > 9)
		return none;
	p->bad |= grub_number(rest, 10, &value, &n) != GRUB_OK || value > PROGRAM_MAX;
	p->at += n;
	return p->bad ? 0 : (int)value;
}

/* {LEAST,MOST}, behind its '{', for the piece at PLACE. */
static void repeat(struct program *p, int place)
{
	int n = p->n - place, least = bound(p, 0), most = least;

	if (peek(p, ',')) {
		p->at++;
		most = bound(p, -1);
	}
	p->bad |= !peek(p, '}') || (most >= 0 && most < least);
	p->at++;
	for (int i = 0; i < least && !p->bad; i++)
		copy(p, place, n);
	for (int i = least; i < most && !p->bad; i++) {
		emit(p, OP_SPLIT, 1, n + 1);
		copy(p, place, n);
	}
	if (most < 0) {
		int last = p->n;

		copy(p, place, n);
		star(p, last);
	}
	/* Only the copies stay: remove the piece itself. */
	if (!p->bad) {
		memmove(&p->code[place], &p->code[place + n],
			(size_t)(p->n - place - n) * sizeof(*p->code));
		p->n -= n;
	}
}

static void piece(struct program *p)
{
	int place = p->n, last;

	atom(p);
	while (!p->bad && p->at < p->pattern.n) {
		switch (p->pattern.p[p->at++]) {
		case '*':
			star(p, place);
			break;
		case '+':
			last = p->n;
			copy(p, place, last - place);
			star(p, last);
			break;
		case '?':
			insert(p, place, OP_SPLIT, 1, p->n - place + 1);
			break;
		case '{':
			repeat(p, place);
			break;
		default:
			p->at--;
			return;
		}
	}
}

/* Compiles up to the end, or to the ')' that closes the group; false when that is no expression.
 * The jump behind an alternative must lead to the end of all of them. Until that is known, it holds
 * the place of the jump before. */
static bool alternatives(struct program *p)
{
	int place = p->n, jump = -1;

	while (!p->bad && p->at < p->pattern.n && !peek(p, ')')) {
		if (!peek(p, '|')) {
			piece(p);
			continue;
		}
		p->at++;
		insert(p, place, OP_SPLIT, 1, p->n - place + 2);
		emit(p, OP_JUMP, jump, 0);
		place = p->n;
		jump = place - 1;
	}
	while (jump >= 0 && !p->bad) {
		int before = p->code[jump].x;

		p->code[jump].x = (int16_t)(p->n - jump);
		jump = before;
	}
	return !p->bad;
}

/* [:alpha:] and its like, NAME being "alpha". */
static bool in_class(struct str name, char c)
{
	bool digit = grub_digit(c) < 10, upper = c >= 'A' && c <= 'Z';
	bool lower = c >= 'a' && c <= 'z';

	switch (name.n > 1 ? name.p[0] : '\0') {
	case 'a': /* alpha, alnum */
		return upper || lower || (digit && name.p[2] == 'n');
	case 'd':
		return digit;
	case 'u':
		return upper;
	case 'l':
		return lower;
	case 's':
		return c == ' ' || (c >= '\t' && c <= '\r');
	case 'b':
		return c == ' ' || c == '\t';
	case 'x':
		return grub_digit(c) < 16;
	case 'p': /* punct */
		return c > ' ' && c < 127 && !digit && !upper && !lower;
	default:
		return false;
	}
}

static bool in_set(struct str set, char c)
{
	bool negated = set.n > 0 && set.p[0] == '^', found = false;

	for (size_t i = negated; i < set.n; i++) {
		unsigned char low = (unsigned char)set.p[i], high = low;

		if (low == '[' && i + 1 < set.n && set.p[i + 1] == ':') {
			struct str rest = str_skip(set, i + 2);
			struct str name = str_cut(&rest, ':');

			found |= in_class(name, c);
			i += name.n + 3;
			continue;
		}
		if (i + 2 < set.n && set.p[i + 1] == '-') {
			high = (unsigned char)set.p[i + 2];
			i += 2;
		}
		found |= (unsigned char)c >= low && (unsigned char)c <= high;
	}
	return found != negated;
}

/* True when the instruction matches at *AT, which moves on when that takes a byte. */
static bool step(struct program *p, const struct instruction *i, struct str text, int *at)
{
	size_t here = (size_t)*at;
	struct str set;

	if (i->op == OP_START)
		return here == 0;
	if (i->op == OP_END)
		return here == text.n;
	if (here == text.n)
		return false;
	++*at;
	if (i->op == OP_SET) {
		set = (struct str){p->pattern.p + i->x, (size_t)(i->y - i->x)};
		p->work += set.n;
		return in_set(set, text.p[here]);
	}
	return i->op == OP_ANY || text.p[here] == (char)i->x;
}

/* Runs the program at START; without a match EDGES are as before. The choices that are left lie
 * where the words of a command would be built; without room for them nothing matches. */
static bool match(struct grub *g, struct program *p, struct str text, int start, int *edges)
{
	size_t skip = -(size_t)g->low % sizeof(struct choice);
	struct choice *first = (struct choice *)(void *)(g->low + skip), *top = first;
	size_t room = (size_t)((char *)g->high - g->low);
	size_t most = room > skip ? (room - skip) / sizeof(*first) : 0;
	int pc = 0, at = start;

	for (;;) {
		const struct instruction *i = &p->code[pc];

		p->bad |= ++p->work > WORK_MAX || (size_t)(top - first) + 1 >= most;
		if (p->bad)
			return false;
		if (i->op == OP_MATCH) {
			edges[0] = start;
			edges[1] = at;
			return true;
		}
		if (i->op == OP_SPLIT) {
			*top++ = (struct choice){.pc = pc + i->y, .at = at};
			pc += i->x;
			continue;
		}
		if (i->op == OP_SAVE) {
			*top++ = (struct choice){.at = -1, .group = i->x, .old = edges[i->x]};
			edges[i->x] = at;
			pc++;
			continue;
		}
		if (i->op == OP_JUMP || step(p, i, text, &at)) {
			bool back = i->op == OP_JUMP && (i->y == 0 || edges[i->y] != at);

			pc += back ? i->x : 1;
			continue;
		}
		do {
			if (top == first)
				return false;
			top--;
			if (top->at < 0)
				edges[top->group] = top->old;
		} while (top->at < 0);
		pc = top->pc;
		at = top->at;
	}
}

/* Sets the variable of "NUMBER:NAME", or of "NAME" for group 1. */
static int set_group(struct grub *g, struct str text, struct str name, const int *edges)
{
	struct str rest = name, number = str_cut(&rest, ':');
	uint64_t group = 1;

	if (number.n < name.n) {
		if (!str_u64(number, &group))
			return GRUB_BAD_ARGUMENT;
		name = rest;
	}
	if (group >= GROUPS || edges[2 * group] < 0 || edges[2 * group + 1] < 0) {
		if (!grub_env_unset(g->frame.env, name))
			grub_no_room(g);
		return GRUB_OK;
	}
	grub_set(g, name,
		 (struct str){text.p + edges[2 * group],
			      (size_t)(edges[2 * group + 1] - edges[2 * group])});
	return GRUB_OK;
}

int grub_cmd_regexp(struct grub *g, struct grub_args *args)
{
	static const struct grub_option table[] = {{"set", 's', OPTION_LIST}, {0}};
	struct grub_options said;
	struct program p = {0};
	int edges[2 * GROUPS + LOOPS];
	struct str text;
	int result = GRUB_OK;
	bool found = false;

	if (!grub_options(args, table, false, &said) || args->n != 2)
		return GRUB_BAD_ARGUMENT;
	p.pattern = args->v[0];
	text = args->v[1];
	for (unsigned i = 0; i < 2 * GROUPS + LOOPS; i++)
		edges[i] = -1;
	if (text.n <= INT32_MAX && alternatives(&p) && p.at == p.pattern.n)
		emit(&p, OP_MATCH, 0, 0);
	else
		p.bad = true;
	for (int start = 0; !found && !p.bad && (size_t)start <= text.n; start++)
		found = match(g, &p, text, start, edges);
	grub_charge(g, p.work);
	for (unsigned i = 0; found && i < said.count && result == GRUB_OK; i++)
		result = set_group(g, text, said.values[i], edges);
	return found ? result : GRUB_FALSE;
}
