/* The grammar of GRUB's script language, as in grub-core/script/parser.y and execute.c, parsed and
 * run in one go. Each function parses one rule: from the current token up to the token behind the
 * rule. It returns false when the text does not fit. With RUN it also runs what it parses. */
#include "config/grub/run.h"

#include "base/mem.h"
#include "config/grub/commands.h"
#include "config/grub/words.h"

static bool list(struct grub *, struct lexer *, bool run, bool *delimited);
static bool command(struct grub *, struct lexer *, bool run);

void grub_limit(struct grub *g, const char *why)
{
	if (g->status == OK)
		g->status = fail(g->p->report, E_LIMIT, "%.*s: %s: the rest is not read",
				 STR_ARG(g->file->path), why);
}

void grub_charge(struct grub *g, size_t work)
{
	if (work > g->work_max - g->work) {
		g->work = g->work_max;
		grub_limit(g, "the script does not come to an end");
	} else {
		g->work += work;
	}
}

void grub_no_room(struct grub *g)
{
	grub_limit(g, "the script needs too much memory");
}

void grub_give_reason(struct grub *g, struct str text, bool search)
{
	if (g->reasons_n < CONFIG_NOTES)
		g->reasons[g->reasons_n++] =
			(struct grub_reason){g->file->path, g->line, text, search};
}

void grub_forget_searches(struct grub *g)
{
	unsigned n = 0;

	for (unsigned i = 0; i < g->reasons_n; i++) {
		if (!g->reasons[i].search)
			g->reasons[n++] = g->reasons[i];
	}
	g->reasons_n = n;
}

void grub_enter(struct grub *g, struct grub_file *file)
{
	g->file = file;
	g->p->path = file->path;
}

static void charge_look_up(struct grub *g)
{
	for (const struct grub_env *e = g->frame.env; e != NULL; e = e->parent)
		grub_charge(g, e->count);
}

struct str grub_get(struct grub *g, struct str name)
{
	charge_look_up(g);
	return grub_env_get(g->frame.env, name);
}

void grub_set(struct grub *g, struct str name, struct str value)
{
	charge_look_up(g);
	if (!grub_env_set(g->frame.env, name, value))
		grub_no_room(g);
}

struct str grub_keep(struct grub *g, struct str s)
{
	struct str copy = {0};

	if (!str_dup(&g->heap, s, &copy))
		grub_no_room(g);
	return copy;
}

static void next(struct grub *g, struct lexer *l)
{
	size_t at = l->at;

	grub_lex(l);
	grub_charge(g, l->at - at + 1);
	if (g->status != OK)
		l->token = TOKEN_BAD;
}

/* Steps over the token if it is TOKEN. */
static bool expect(struct grub *g, struct lexer *l, enum token token)
{
	if (l->token != token)
		return false;
	next(g, l);
	return true;
}

static void skip_newlines(struct grub *g, struct lexer *l)
{
	while (l->token == TOKEN_NEWLINE)
		next(g, l);
}

/* One delimiter and the newlines behind it. */
static bool delimiter(struct grub *g, struct lexer *l)
{
	if (!expect(g, l, TOKEN_SEMICOLON) && !expect(g, l, TOKEN_NEWLINE))
		return false;
	skip_newlines(g, l);
	return true;
}

static bool is_argument(enum token token)
{
	return token == TOKEN_WORD || token == TOKEN_NAME || token >= TOKEN_CASE;
}

/* The words of a command; with RUN they are expanded. */
static void arguments(struct grub *g, struct lexer *l, bool run)
{
	while (is_argument(l->token)) {
		if (run)
			grub_words_add(g, l->word);
		next(g, l);
	}
}

/* A list whose last command is followed by a delimiter, and then by TOKEN. */
static bool body(struct grub *g, struct lexer *l, bool run, enum token token)
{
	bool delimited;

	return list(g, l, run, &delimited) && delimited && expect(g, l, token);
}

/* The rest of an `if` command, behind that word. */
static bool if_command(struct grub *g, struct lexer *l, bool run)
{
	bool delimited, yes;

	do {
		if (!body(g, l, run, TOKEN_THEN))
			return false;
		run = run && !g->returning;
		yes = run && g->result == 0;
		if (!list(g, l, yes, &delimited) || !delimited)
			return false;
		run = run && !yes;
	} while (expect(g, l, TOKEN_ELIF));
	if (expect(g, l, TOKEN_ELSE))
		return body(g, l, run, TOKEN_FI);
	if (run)
		g->result = 0;
	return expect(g, l, TOKEN_FI);
}

/* True when a loop goes on with another round. */
static bool again(struct grub *g)
{
	if (g->breaks == 1 && g->is_continue)
		g->breaks = 0;
	return g->breaks == 0 && !g->returning && grub_going(g);
}

static void end_loop(struct grub *g)
{
	if (g->breaks > 0)
		g->breaks--;
	g->loops--;
}

/* The rest of a `for` command, behind that word. */
static bool for_command(struct grub *g, struct lexer *l, bool run)
{
	struct grub_mark mark = grub_words_mark(g);
	struct str name = l->word;
	struct grub_scope words;
	struct lexer start;
	int result = 0;
	bool ok;

	if (!expect(g, l, TOKEN_NAME) || !expect(g, l, TOKEN_IN))
		return false;
	arguments(g, l, run);
	words = grub_words_since(g, mark);
	if (!delimiter(g, l) || !expect(g, l, TOKEN_DO))
		return false;
	start = *l;
	ok = body(g, l, false, TOKEN_DONE);
	if (!ok || !run)
		return ok;
	g->loops++;
	for (unsigned i = 0; ok && i < words.n && again(g); i++) {
		struct lexer round = start;

		grub_set(g, name, words.v[i]);
		ok = body(g, &round, true, TOKEN_DONE);
		result = g->result;
	}
	end_loop(g);
	grub_words_release(g, mark);
	g->result = result;
	return ok;
}

/* The rest of a `while` or `until` command, behind that word. */
static bool while_command(struct grub *g, struct lexer *l, bool run, bool until)
{
	struct lexer start = *l;

	if (!body(g, l, false, TOKEN_DO) || !body(g, l, false, TOKEN_DONE))
		return false;
	if (!run)
		return true;
	g->loops++;
	for (;;) {
		struct lexer round = start;

		if (!body(g, &round, true, TOKEN_DO) || g->returning || (g->result == 0) == until ||
		    !body(g, &round, true, TOKEN_DONE) || !again(g))
			break;
	}
	end_loop(g);
	return true;
}

/* A command of words, perhaps with a block behind them. */
static bool simple_command(struct grub *g, struct lexer *l, bool run)
{
	struct grub_mark mark = grub_words_mark(g);
	struct grub_args args = {0};
	struct grub_scope words;
	struct lexer block;
	bool delimited;

	if (l->token != TOKEN_WORD && l->token != TOKEN_NAME)
		return false;
	g->line = l->begins;
	arguments(g, l, run);
	block = *l;
	if (expect(g, l, TOKEN_OPEN)) {
		args.block = &block;
		if (!list(g, l, false, &delimited) || !expect(g, l, TOKEN_CLOSE))
			return false;
	}
	words = grub_words_since(g, mark);
	if (run && grub_going(g)) {
		args.v = words.v;
		args.n = words.n;
		g->result = words.n > 0 ? grub_command(g, &args) : 0;
	}
	grub_words_release(g, mark);
	return true;
}

static bool command(struct grub *g, struct lexer *l, bool run)
{
	bool ok;

	if (++g->nesting > GRUB_NESTING_MAX)
		grub_limit(g, "commands are nested too deep");
	if (g->status != OK)
		ok = false;
	else if (expect(g, l, TOKEN_IF))
		ok = if_command(g, l, run);
	else if (expect(g, l, TOKEN_FOR))
		ok = for_command(g, l, run);
	else if (expect(g, l, TOKEN_WHILE))
		ok = while_command(g, l, run, false);
	else if (expect(g, l, TOKEN_UNTIL))
		ok = while_command(g, l, run, true);
	else
		ok = simple_command(g, l, run);
	g->nesting--;
	return ok;
}

static bool begins_command(enum token token)
{
	return token == TOKEN_WORD || token == TOKEN_NAME || token == TOKEN_IF ||
	       token == TOKEN_FOR || token == TOKEN_WHILE || token == TOKEN_UNTIL;
}

/* At least one command. *DELIMITED tells whether a delimiter stood behind the last. */
static bool list(struct grub *g, struct lexer *l, bool run, bool *delimited)
{
	int result = 0;

	skip_newlines(g, l);
	do {
		bool now = run && g->breaks == 0 && !g->returning && grub_going(g);

		if (!command(g, l, now))
			return false;
		if (now)
			result = g->result;
		*delimited = delimiter(g, l);
	} while (*delimited && begins_command(l->token));
	if (run)
		g->result = result;
	return true;
}

/* The rest of a function's definition. GRUB allows it only outside of other commands. */
static bool define_function(struct grub *g, struct lexer *l, bool run)
{
	struct str name = l->word;
	struct grub_function *f = g->functions;
	struct lexer start;

	if (!expect(g, l, TOKEN_NAME))
		return false;
	skip_newlines(g, l);
	start = *l;
	if (!expect(g, l, TOKEN_OPEN) || !body(g, l, false, TOKEN_CLOSE))
		return false;
	if (!run)
		return true;
	while (f != NULL && !str_eq(f->name, name))
		f = f->next;
	if (f == NULL) {
		f = arena_array(&g->heap, 1, sizeof(*f));
		if (f == NULL) {
			grub_no_room(g);
			return false;
		}
		*f = (struct grub_function){.next = g->functions, .name = name};
		g->functions = f;
	}
	f->code = (struct grub_code){start, g->file};
	return true;
}

/* All commands up to the end of a line. A command that goes on over several lines takes them with
 * it. */
static bool line(struct grub *g, struct lexer *l, bool run)
{
	next(g, l);
	while (l->token != TOKEN_NEWLINE && l->token != TOKEN_END) {
		bool function = l->token == TOKEN_FUNCTION;
		bool ok;

		if (function)
			next(g, l);
		ok = function ? define_function(g, l, run) : command(g, l, run && grub_going(g));
		if (!ok)
			return false;
		if (l->token == TOKEN_SEMICOLON)
			next(g, l);
		else if (l->token != TOKEN_NEWLINE && l->token != TOKEN_END)
			return false;
	}
	return true;
}

void grub_run_text(struct grub *g, struct str text, unsigned first_line)
{
	struct lexer l = grub_lex_start(text, first_line);

	while (l.at < text.n && grub_going(g)) {
		struct lexer start = l;
		unsigned nesting = g->nesting;
		bool ok = line(g, &l, false);

		g->nesting = nesting;
		if (ok) {
			l = start;
			(void)line(g, &l, true);
			g->nesting = nesting;
			continue;
		}
		if (g->status != OK)
			return;
		parse_note(g->p, l.begins,
			   "GRUB cannot parse this: the script is skipped from line %u to here",
			   start.line);
		for (; l.token != TOKEN_NEWLINE && l.at < text.n; l.at++) {
			if (text.p[l.at] == '\n') {
				l.token = TOKEN_NEWLINE;
				l.line++;
			}
		}
	}
}

int grub_run_code(struct grub *g, const struct grub_code *code, struct grub_scope scope)
{
	struct grub_scope old_scope = g->scope;
	struct grub_file *old_file = g->file;
	struct lexer l = code->at;
	bool delimited;

	g->scope = scope;
	grub_enter(g, code->file);
	if (++g->nesting > GRUB_NESTING_MAX)
		grub_limit(g, "functions and menus are nested too deep");
	if (g->status == OK && expect(g, &l, TOKEN_OPEN) && !list(g, &l, true, &delimited))
		g->result = 0;
	g->nesting--;
	g->scope = old_scope;
	grub_enter(g, old_file);
	return g->result;
}
