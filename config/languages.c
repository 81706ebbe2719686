/* The names and places of the guests' languages. No reader is linked in: the settings need the
 * names only. */
#include "config/languages.h"

#define LIST_PLACES(reader, name, what, ...) {name, what, (const char *const[]){__VA_ARGS__, NULL}},

static const struct {
	const char *name, *what;
	const char *const *paths;
} languages[] = {GUEST_LANGUAGES(LIST_PLACES) LAST_LANGUAGES(LIST_PLACES)};

#define LANGUAGES (sizeof(languages) / sizeof(*languages))

bool config_knows(struct str name)
{
	for (size_t i = 0; i < LANGUAGES; i++) {
		if (str_eq(str_of(languages[i].name), name))
			return true;
	}
	return false;
}

bool config_allows(struct str allowed, const char *language)
{
	return allowed.n == 0 || str_eq(str_of(language), allowed);
}

bool config_place(struct str allowed, unsigned n, struct config_place *place)
{
	for (size_t i = 0; i < LANGUAGES; i++) {
		const char *name = languages[i].name;

		for (const char *const *path = languages[i].paths;
		     *path != NULL && config_allows(allowed, name); path++) {
			if (n-- > 0)
				continue;
			*place = (struct config_place){name, languages[i].what, *path};
			return true;
		}
	}
	return false;
}
