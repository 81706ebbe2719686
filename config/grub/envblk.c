/* GRUB's environment block: a line of signature, then NAME=VALUE lines, filled up with '#'. */
#include "config/grub/envblk.h"

#include "base/arena.h"
#include "base/mem.h"
#include "config/parse.h"
#include "fs/volume.h"

/* Cuts one line off *REST and returns it without its escapes: a backslash stands before each
 * backslash, and before a newline that belongs to the value. Writes to BUF, which has room for all
 * of *REST. */
static struct str cut_line(struct str *rest, char *buf)
{
	size_t at = 0, n = 0;

	while (at < rest->n && rest->p[at] != '\n') {
		at += rest->p[at] == '\\' && at + 1 < rest->n;
		buf[n++] = rest->p[at++];
	}
	at += at < rest->n;
	*rest = str_skip(*rest, at);
	return (struct str){buf, n};
}

/* How many bytes VALUE takes in the file. */
static size_t escaped_size(struct str value)
{
	size_t n = value.n;

	for (size_t i = 0; i < value.n; i++)
		n += value.p[i] == '\\' || value.p[i] == '\n';
	return n;
}

static enum status parse(struct volume *v, struct str path, struct str rest, struct arena *a,
			 struct grubenv_var **list)
{
	struct grubenv_var *first = NULL, **end = &first;
	char *buf = arena_alloc(a, rest.n);

	for (unsigned count = 0; buf != NULL && rest.n > 0;) {
		bool comment = rest.p[0] == '#';
		struct str value = cut_line(&rest, buf);

		if (comment || str_find(value, '=') == value.n)
			continue;
		if (count++ == GRUBENV_VARS_MAX)
			return fail(v->report, E_LIMIT, "%.*s: more than %u variables",
				    STR_ARG(path), GRUBENV_VARS_MAX);
		buf += value.n;
		*end = arena_array(a, 1, sizeof(**end));
		if (*end == NULL)
			break;
		(*end)->name = str_cut(&value, '=');
		(*end)->value = value;
		end = &(*end)->next;
	}
	if (rest.n > 0)
		return fail(v->report, E_NO_MEMORY, "%.*s: no memory for its variables",
			    STR_ARG(path));
	*list = first;
	return OK;
}

enum status grubenv_read(struct volume *v, struct str path, struct arena *a, struct grubenv *env)
{
	const struct str head = S("# GRUB Environment Block\n");
	size_t mark = report_mark(v->report);
	struct str text;
	enum status status = text_read(v, path, GRUBENV_FILE_MAX, a, &text);

	if (status == E_NOT_FOUND)
		report_rewind(v->report, mark);
	if (status != OK)
		return status;
	if (!str_starts(text, head) || text.n == head.n)
		return fail(v->report, E_SYNTAX, "%.*s is no GRUB environment block",
			    STR_ARG(path));
	*env = (struct grubenv){.text = text};
	while (text.p[text.n - 1 - (size_t)env->room] == '#')
		env->room++; /* ends at the newline of the first line */
	return parse(v, path, text, a, &env->vars);
}

bool grubenv_get(const struct grubenv_var *list, struct str name, struct str *value)
{
	for (; list != NULL; list = list->next) {
		if (str_eq(list->name, name)) {
			*value = list->value;
			return true;
		}
	}
	return false;
}

bool grubenv_is_name(struct str name)
{
	return name.n > 0 && name.p[0] != '#' && str_find(name, '=') == name.n &&
	       str_find(name, '\n') == name.n && str_find(name, '\\') == name.n;
}

enum status grubenv_copy(struct grubenv *to, const struct grubenv *from, struct arena *a)
{
	struct grubenv_var **end = &to->vars;

	*to = (struct grubenv){.room = from->room, .text = from->text};
	for (const struct grubenv_var *v = from->vars; v != NULL; v = v->next) {
		*end = arena_array(a, 1, sizeof(**end));
		if (*end == NULL)
			return E_NO_MEMORY;
		**end = (struct grubenv_var){NULL, v->name, v->value};
		end = &(*end)->next;
	}
	return OK;
}

enum status grubenv_set(struct grubenv *env, struct str name, const struct str *value,
			struct arena *a)
{
	struct grubenv_var **at = &env->vars;
	int64_t more = value != NULL ? (int64_t)escaped_size(*value) : 0;
	unsigned count = 0;

	for (; *at != NULL && !str_eq((*at)->name, name); count++)
		at = &(*at)->next;
	if (*at != NULL)
		more -= (int64_t)escaped_size((*at)->value);
	if (*at == NULL || value == NULL)
		more += (*at == NULL ? 1 : -1) * (int64_t)(name.n + sizeof("=\n") - 1);
	if (value == NULL) {
		if (*at != NULL) {
			*at = (*at)->next;
			env->room -= more;
		}
		return OK;
	}
	if (more > env->room || count >= GRUBENV_VARS_MAX)
		return E_LIMIT;
	if (*at == NULL) {
		*at = arena_array(a, 1, sizeof(**at));
		if (*at == NULL)
			return E_NO_MEMORY;
		(*at)->name = name;
	}
	(*at)->value = *value;
	env->room -= more;
	return OK;
}

/* A text that grows to a size that is known. */
struct writer {
	char *p;
	size_t n;
};

static void put(struct writer *w, struct str s)
{
	if (w->p != NULL && s.n > 0)
		memcpy(w->p + w->n, s.p, s.n);
	w->n += s.n;
}

static void put_value(struct writer *w, struct str value)
{
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\\' || value.p[i] == '\n')
			put(w, S("\\"));
		put(w, (struct str){value.p + i, 1});
	}
}

/* True for what a guest chooses, and does not merely confirm after a boot. */
static bool is_choice(struct str name)
{
	return str_eq(name, S("next_entry")) || str_eq(name, S("saved_entry")) ||
	       str_eq(name, S("prev_saved_entry"));
}

/* The value of the variable; "" when there is none. */
static struct str value_of(const struct grubenv *env, struct str name)
{
	struct str value = S("");

	(void)grubenv_get(env->vars, name, &value);
	return value;
}

/* Says of a choice what it was. */
static void put_old(struct writer *w, const struct grubenv *was, struct str name)
{
	if (!is_choice(name))
		return;
	put(w, S("#"));
	put(w, name);
	put(w, S("="));
	put_value(w, value_of(was, name));
	put(w, S("\n"));
}

/* Writes the changes, or with w->p NULL only counts their bytes. */
static void put_changes(struct writer *w, const struct grubenv *was, const struct grubenv *now)
{
	struct str old;

	for (const struct grubenv_var *v = now->vars; v != NULL; v = v->next) {
		if (grubenv_get(was->vars, v->name, &old) && str_eq(old, v->value))
			continue;
		put_old(w, was, v->name);
		put(w, v->name);
		put(w, S("="));
		put_value(w, v->value);
		put(w, S("\n"));
	}
	for (const struct grubenv_var *v = was->vars; v != NULL; v = v->next) {
		if (grubenv_get(now->vars, v->name, &old))
			continue;
		put_old(w, was, v->name);
		put(w, v->name);
		put(w, S("\n"));
	}
}

bool grubenv_changes(const struct grubenv *was, const struct grubenv *now, struct arena *a,
		     struct str *text)
{
	struct writer w = {0};

	put_changes(&w, was, now);
	w.p = arena_alloc(a, w.n);
	if (w.p == NULL)
		return false;
	w.n = 0;
	put_changes(&w, was, now);
	*text = (struct str){w.p, w.n};
	return true;
}

/* True when the guest has chosen another saved_entry than TEXT says of it. Writes to BUF, which has
 * room for all of TEXT. */
static bool is_chosen_anew(const struct grubenv *env, struct str text, char *buf)
{
	while (text.n > 0) {
		struct str value = cut_line(&text, buf), name = str_cut(&value, '=');

		if (str_eq(name, S("#saved_entry")))
			return !str_eq(value, value_of(env, S("saved_entry")));
	}
	return false;
}

enum status grubenv_apply(struct grubenv *env, struct str text, bool same, struct arena *a)
{
	struct str unchanged = S("");
	char *buf = arena_alloc(a, text.n);
	enum status status = buf != NULL ? OK : E_NO_MEMORY;
	/* prev_saved_entry is chosen with saved_entry, and may be what it was. */
	bool anew = status == OK && !same && is_chosen_anew(env, text, buf);

	while (status == OK && text.n > 0) {
		struct str value = cut_line(&text, buf), name;
		bool set = str_find(value, '=') < value.n;

		buf += value.n;
		name = str_cut(&value, '=');
		if (str_cut_prefix(&name, S("#")))
			unchanged = str_eq(value, value_of(env, name)) &&
						    !(anew && str_eq(name, S("prev_saved_entry")))
					    ? name
					    : S("");
		else if (grubenv_is_name(name) && (same || str_eq(name, unchanged)))
			status = grubenv_set(env, name, set ? &value : NULL, a);
		if (status == E_LIMIT)
			status = OK;
	}
	return status;
}
