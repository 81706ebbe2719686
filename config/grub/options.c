/* The options of GRUB's commands: --name, --name=value, --name value, -n value, -abc. */
#include "config/grub/options.h"

static const struct grub_option *find_long(const struct grub_option *o, struct str name)
{
	while (o->name != NULL && !str_eq(str_of(o->name), name))
		o++;
	return o->name != NULL ? o : NULL;
}

static const struct grub_option *find_short(const struct grub_option *o, char letter)
{
	while (o->name != NULL && (o->letter == 0 || o->letter != letter))
		o++;
	return o->name != NULL ? o : NULL;
}

/* Sets all options of a WORD like "-abc". Returns the last one, which alone may have a value; NULL
 * when one is unknown. */
static const struct grub_option *take_short(const struct grub_option *table, struct str word,
					    struct grub_options *said)
{
	const struct grub_option *o = NULL;

	for (size_t i = 1; i < word.n; i++) {
		o = find_short(table, word.p[i]);
		if (o == NULL)
			return NULL;
		said->set[o - table] = true;
	}
	return o;
}

static void take_value(const struct grub_option *table, const struct grub_option *o,
		       struct str value, struct grub_options *said)
{
	said->set[o - table] = true;
	said->value[o - table] = value;
	if (o->takes == OPTION_LIST && said->count < GRUB_VALUES)
		said->values[said->count++] = value;
}

bool grub_options(struct grub_args *args, const struct grub_option *table, bool dash,
		  struct grub_options *said)
{
	unsigned n = 0;

	*said = (struct grub_options){0};
	for (unsigned i = 0; i < args->n; i++) {
		struct str word = args->v[i], name, value = {0};
		const struct grub_option *o;
		bool valued = false;

		if (word.n < 2 || word.p[0] != '-') {
			args->v[n++] = word;
			continue;
		}
		if (str_eq(word, S("--"))) {
			while (++i < args->n)
				args->v[n++] = args->v[i];
			break;
		}
		if (word.p[1] == '-') {
			valued = str_find(word, '=') < word.n;
			name = str_cut(&word, '=');
			value = valued ? word : value;
			o = find_long(table, str_skip(name, 2));
		} else {
			o = take_short(table, word, said);
		}
		if (o == NULL && dash) {
			args->v[n++] = args->v[i];
			continue;
		}
		if (o == NULL || (valued && o->takes == OPTION_FLAG))
			return false;
		if (o->takes != OPTION_FLAG && !valued && i + 1 < args->n &&
		    (o->takes != OPTION_MAYBE || args->v[i + 1].n < 2 ||
		     args->v[i + 1].p[0] != '-')) {
			value = args->v[++i];
			valued = true;
		}
		if ((o->takes == OPTION_VALUE || o->takes == OPTION_LIST) && !valued)
			return false;
		take_value(table, o, value, said);
	}
	args->n = n;
	return true;
}
