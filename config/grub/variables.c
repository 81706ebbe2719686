/* The variables of a GRUB script: a list in each environment; a look-up begins at the newest
 * environment. */
#include "config/grub/variables.h"

#include "base/mem.h"

struct grub_var {
	struct grub_var *next;
	struct str name;
	char *value;
	size_t n, room; /* bytes of the value, and allocated for it */
	bool exported;
	bool unset; /* hides the parent's */
};

void grub_env_open(struct grub_env *e, struct grub_env *parent, bool only_exported)
{
	*e = (struct grub_env){.parent = parent,
			       .only_exported = only_exported,
			       .arena = {.limit = GRUB_VARS_MAX}};
}

void grub_env_close(struct grub_env *e)
{
	arena_free(&e->arena);
	e->vars = NULL;
	e->count = 0;
}

static struct grub_var *find_here(const struct grub_env *e, struct str name)
{
	struct grub_var *v = e->vars;

	while (v != NULL && !str_eq(v->name, name))
		v = v->next;
	return v;
}

/* The variable that a look-up from E meets; NULL when there is none or it is unset. */
static const struct grub_var *find(const struct grub_env *e, struct str name)
{
	bool only_exported = false;

	for (; e != NULL; e = e->parent) {
		const struct grub_var *v = find_here(e, name);

		if (v != NULL)
			return v->unset || (only_exported && !v->exported) ? NULL : v;
		only_exported |= e->only_exported;
	}
	return NULL;
}

struct str grub_env_get(const struct grub_env *e, struct str name)
{
	const struct grub_var *v = find(e, name);

	return v != NULL ? (struct str){v->value, v->n} : (struct str){0};
}

bool grub_env_has(const struct grub_env *e, struct str name)
{
	return find(e, name) != NULL;
}

/* The variable in E itself, made when it is not there; NULL when memory is used up. */
static struct grub_var *make(struct grub_env *e, struct str name)
{
	struct grub_var *v = find_here(e, name);
	const struct grub_var *seen = find(e, name);

	if (v != NULL)
		return v;
	v = arena_array(&e->arena, 1, sizeof(*v));
	if (v == NULL || !str_dup(&e->arena, name, &v->name))
		return NULL;
	v->exported = seen != NULL && seen->exported;
	v->next = e->vars;
	e->vars = v;
	e->count++;
	return v;
}

static bool give(struct grub_env *e, struct grub_var *v, struct str value)
{
	if (value.n > v->room) {
		size_t room = value.n + value.n / 2;
		char *p = arena_alloc(&e->arena, room);

		if (p == NULL)
			return false;
		v->value = p;
		v->room = room;
	}
	if (value.n > 0)
		memmove(v->value, value.p, value.n);
	v->n = value.n;
	v->unset = false;
	return true;
}

bool grub_env_set(struct grub_env *e, struct str name, struct str value)
{
	struct grub_var *v = make(e, name);

	if (str_eq(name, S("root")) && str_starts(value, S("(")) && str_ends(value, S(")")))
		value = (struct str){value.p + 1, value.n - 2};
	return v != NULL && give(e, v, value);
}

bool grub_env_unset(struct grub_env *e, struct str name)
{
	struct grub_var *v;

	if (find(e, name) == NULL)
		return true;
	v = make(e, name);
	if (v == NULL)
		return false;
	v->unset = true;
	v->exported = false;
	return true;
}

bool grub_env_export(struct grub_env *e, struct str name)
{
	struct str value = grub_env_get(e, name);
	struct grub_var *v = make(e, name);

	if (v == NULL)
		return false;
	v->exported = true;
	return give(e, v, value);
}
