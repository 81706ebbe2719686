/* What the languages of lines share. The layers:
 *
 *   path.c          where a file lies that an entry names
 *   shell_vars.c    files of NAME=VALUE lines
 *   version.c       which of two versions is newer
 *   text.c          text that is put together piece by piece, and words that are cut off one
 */
#ifndef CONFIG_LINES_TEXT_H
#define CONFIG_LINES_TEXT_H

#include "base/str.h"

/* The longest text that is put together, in bytes: the options of one entry. */
#define TEXT_MAX 65535

struct arena;

/* A text in the making. */
struct text {
	char *p; /* TEXT_MAX bytes */
	size_t n;
	bool full; /* a part had no room and is missing */
};

/* Makes an empty text in the arena; false when memory is used up. To use it for another text, set n
 * to 0 and full to false. */
bool text_init(struct text *, struct arena *);

/* Adds S, or as much of it as there is room for; then sets full. */
void text_add(struct text *, struct str s);

/* Adds S; a space goes before it unless the text, or S, is empty. */
void text_join(struct text *, struct str s);

/* Copies the text into the arena; false when memory is used up. */
bool text_take(const struct text *, struct arena *, struct str *copy);

/* Cuts the first word off *REST, with the blanks (str_is_blank()) around it; "" when there is none.
 */
struct str text_word(struct str *rest);

/* True when both are the same, upper and lower case of ASCII being alike. */
bool text_same(struct str a, struct str b);

/* Compares byte by byte: below 0 when A comes before B, 0 when they are the same, else above 0. */
int text_compare(struct str a, struct str b);

/* The position of the first NEEDLE in S, or S.n when there is none. */
size_t text_find(struct str s, struct str needle);

#endif
