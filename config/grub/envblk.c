/* GRUB's environment block: a line of signature, then NAME=VALUE lines, filled up with '#'. */
#include "config/grub/envblk.h"

#include "base/arena.h"
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

enum status grubenv_read(struct volume *v, struct str path, struct arena *a,
			 struct grubenv_var **list)
{
	size_t mark = report_mark(v->report);
	struct str text;
	enum status status = text_load(v, path, GRUBENV_FILE_MAX, a, &text);

	if (status == E_NOT_FOUND)
		report_rewind(v->report, mark);
	if (status != OK)
		return status;
	if (!str_starts(text, S("# GRUB Environment Block\n")))
		return fail(v->report, E_SYNTAX, "%.*s is no GRUB environment block",
			    STR_ARG(path));
	return parse(v, path, text, a, list);
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
