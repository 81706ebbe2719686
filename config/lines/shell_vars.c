/* Assignments as a shell understands them, without a shell. */
#include "config/lines/shell_vars.h"

/* A value while its quotes are taken off. */
struct unquoting {
	const struct shell_vars *vars;
	struct str in; /* what is left to read, over the line's end: quotes may hold newlines */
	struct text *out;
};

static char next(struct unquoting *u)
{
	char c = u->in.p[0];

	u->in = str_skip(u->in, 1);
	return c;
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static struct str cut_name(struct str *s)
{
	struct str name = {s->p, 0};

	while (name.n < s->n && is_name(s->p[name.n]))
		name.n++;
	*s = (struct str){name.n > 0 ? s->p + name.n : s->p, s->n - name.n};
	return name;
}

/* Adds the variable whose name follows a '$'. False when only a shell knows what that means. */
static bool add_variable(struct unquoting *u)
{
	bool braces = u->in.n > 0 && u->in.p[0] == '{';
	struct str name;

	if (braces)
		(void)next(u);
	name = cut_name(&u->in);
	if (name.n == 0 || (braces && (u->in.n == 0 || next(u) != '}')))
		return false;
	text_add(u->out, shell_vars_get(u->vars, name));
	return true;
}

/* Adds one character outside of '...', or what it stands for; QUOTED: it is in "...". */
static bool add_char(struct unquoting *u, bool quoted)
{
	char c = next(u);

	if (c == '$')
		return add_variable(u);
	if (c == '`')
		return false;
	if (c == '\\' && u->in.n > 0 && (!quoted || str_find(S("$`\"\\\n"), u->in.p[0]) < 5)) {
		c = next(u);
		if (c == '\n')
			return true;
	}
	text_add(u->out, (struct str){&c, 1});
	return true;
}

static bool add_quoted(struct unquoting *u, char quote)
{
	while (u->in.n > 0 && u->in.p[0] != quote) {
		if (quote == '"') {
			if (!add_char(u, true))
				return false;
		} else {
			text_add(u->out, (struct str){u->in.p, 1});
			(void)next(u);
		}
	}
	return u->in.n > 0 && next(u) == quote;
}

/* Adds the value at the start of u->in, up to a blank or the line's end. False when it needs a
 * shell. */
static bool unquote(struct unquoting *u)
{
	while (u->in.n > 0) {
		char c = u->in.p[0];

		if (str_find(S(" \t\r\n;#&|<>()"), c) < 11)
			return str_find(S("&|<>("), c) == 5;
		if (c == '"' || c == '\'')
			(void)next(u);
		if (c == '"' || c == '\'' ? !add_quoted(u, c) : !add_char(u, false))
			return false;
	}
	return true;
}

static void set(struct shell_vars *v, struct str name, struct str value)
{
	unsigned i = 0;

	while (i < v->count && !str_eq(v->var[i].name, name))
		i++;
	if (i == SHELL_VARS_MAX)
		return;
	v->count += i == v->count;
	v->var[i] = (struct shell_var){name, value};
}

bool shell_vars_read(struct shell_vars *v, struct str text, struct arena *a, struct text *scratch)
{
	while (text.n > 0) {
		struct unquoting u = {v, text, scratch};
		struct str line = text, name, value;

		while (line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t'))
			line = str_skip(line, 1);
		(void)str_cut_prefix(&line, S("export "));
		name = cut_name(&line);
		scratch->n = 0;
		scratch->full = false;
		if (name.n > 0 && str_cut_prefix(&line, S("="))) {
			u.in = line;
			if (unquote(&u) && !scratch->full) {
				if (!text_take(scratch, a, &value))
					return false;
				set(v, name, value);
				text = u.in;
			}
		}
		(void)str_cut(&text, '\n');
	}
	return true;
}

struct str shell_vars_get(const struct shell_vars *v, struct str name)
{
	for (unsigned i = 0; i < v->count; i++) {
		if (str_eq(v->var[i].name, name))
			return v->var[i].value;
	}
	return S("");
}
