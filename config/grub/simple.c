/* The commands of a GRUB script that take a few lines each: variables, the flow of the script, and
 * those after which nothing boots. */
#include "config/grub/commands.h"

#include "base/fmt.h"
#include "config/grub/number.h"
#include "config/grub/words.h"

int grub_cmd_set(struct grub *g, struct grub_args *args)
{
	struct str value;

	if (args->n == 0)
		return GRUB_OK;
	if (str_find(args->v[0], '=') == args->v[0].n)
		return GRUB_BAD_ARGUMENT;
	value = args->v[0];
	grub_set(g, str_cut(&value, '='), value);
	return GRUB_OK;
}

/* export, unset */
int grub_cmd_export(struct grub *g, struct grub_args *args)
{
	bool (*change)(struct grub_env *, struct str) =
		args->variant == GRUB_EXPORT ? grub_env_export : grub_env_unset;

	for (unsigned i = 0; i < args->n; i++) {
		if (!change(g->frame.env, args->v[i]))
			grub_no_room(g);
	}
	return args->n > 0 ? GRUB_OK : GRUB_BAD_ARGUMENT;
}

int grub_cmd_true(struct grub *g, struct grub_args *args)
{
	(void)g, (void)args;
	return GRUB_OK;
}

int grub_cmd_false(struct grub *g, struct grub_args *args)
{
	(void)g, (void)args;
	return GRUB_FALSE;
}

/* Reads the only word as a decimal number; without a word it is OR_ELSE. Returns GRUB_OK or GRUB's
 * error. */
static int only_number(const struct grub_args *args, uint64_t or_else, uint64_t *n)
{
	size_t end;
	int result;

	*n = or_else;
	if (args->n == 0)
		return GRUB_OK;
	if (args->n > 1)
		return GRUB_BAD_ARGUMENT;
	result = grub_number(args->v[0], 10, n, &end);
	return result == GRUB_OK && end != args->v[0].n ? GRUB_BAD_ARGUMENT : result;
}

int grub_cmd_break(struct grub *g, struct grub_args *args)
{
	uint64_t n;
	int result = only_number(args, 1, &n);

	if (result != GRUB_OK || n == 0)
		return result != GRUB_OK ? result : GRUB_BAD_ARGUMENT;
	g->is_continue = args->variant == GRUB_CONTINUE;
	g->breaks = n < g->loops ? (unsigned)n : g->loops;
	return GRUB_OK;
}

int grub_cmd_return(struct grub *g, struct grub_args *args)
{
	uint64_t n;
	int result = only_number(args, (uint32_t)g->result, &n);

	if (result != GRUB_OK || g->scope.v == NULL)
		return g->scope.v == NULL ? GRUB_BAD_ARGUMENT : result;
	g->returning = true;
	return (int)(uint32_t)n;
}

int grub_cmd_shift(struct grub *g, struct grub_args *args)
{
	uint64_t n;
	int result = only_number(args, 1, &n);

	if (g->scope.v == NULL)
		return GRUB_OK;
	if (result != GRUB_OK || n > g->scope.n)
		return GRUB_BAD_ARGUMENT;
	g->scope.v += n;
	g->scope.n -= (unsigned)n;
	return GRUB_OK;
}

int grub_cmd_setparams(struct grub *g, struct grub_args *args)
{
	struct str *v = arena_array(&g->heap, args->n, sizeof(*v));

	if (v == NULL) {
		grub_no_room(g);
		return GRUB_OK;
	}
	for (unsigned i = 0; i < args->n; i++)
		v[i] = grub_keep(g, args->v[i]);
	g->scope = (struct grub_scope){v, args->n};
	return GRUB_OK;
}

int grub_cmd_eval(struct grub *g, struct grub_args *args)
{
	char *start = g->low;
	struct str text;

	for (unsigned i = 0; i < args->n; i++) {
		if (i > 0)
			grub_words_bytes(g, S(" "));
		grub_words_bytes(g, args->v[i]);
	}
	text = grub_keep(g, (struct str){start, (size_t)(g->low - start)});
	if (++g->nesting > GRUB_NESTING_MAX)
		grub_limit(g, "commands are nested too deep");
	g->result = GRUB_OK;
	grub_run_text(g, text, g->line);
	g->nesting--;
	return g->result;
}

/* boot, exit, fwsetup, halt, reboot: they end the script; `boot` only when something is loaded. */
int grub_cmd_leave(struct grub *g, struct grub_args *args)
{
	bool boots = args->variant == GRUB_BOOT;

	if (args->n > 0 && str_eq(args->v[0], S("--is-supported")))
		return GRUB_OK;
	if (!boots && g->frame.boot->other.n == 0)
		g->frame.boot->other = grub_keep(g, args->name);
	g->stopped |= !boots || g->frame.boot->loaded;
	return GRUB_OK;
}

/* Starts something that is neither a Linux kernel nor an EFI program. */
int grub_cmd_other(struct grub *g, struct grub_args *args)
{
	struct str of = args->n > 0 ? args->v[0] : S("");

	if (g->frame.boot->other.n == 0 &&
	    !str_fmt(&g->heap, &g->frame.boot->other, "%.*s%s%.*s", STR_ARG(args->name),
		     of.n > 0 ? " " : "", STR_ARG(of)))
		grub_no_room(g);
	return GRUB_OK;
}

/* Fedora's increment and decrement. */
int grub_cmd_count(struct grub *g, struct grub_args *args)
{
	char buf[24];
	int64_t n;

	if (args->n != 1)
		return GRUB_BAD_ARGUMENT;
	n = (int64_t)grub_signed(grub_get(g, args->v[0])) +
	    (args->variant == GRUB_INCREMENT ? 1 : -1);
	grub_set(g, args->v[0], (struct str){buf, fmt(buf, sizeof(buf), "%ld", (long)n)});
	return GRUB_OK;
}

/* Ubuntu's: $match is 1 for graphics cards on a list. No card of a virtual machine is on it. */
int grub_cmd_hwmatch(struct grub *g, struct grub_args *args)
{
	(void)args;
	grub_set(g, S("match"), S("0"));
	return GRUB_OK;
}

/* Runs the command behind it. */
int grub_cmd_time(struct grub *g, struct grub_args *args)
{
	return args->n > 0 ? grub_command(g, args) : GRUB_BAD_ARGUMENT;
}
