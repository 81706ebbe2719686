/* Text that is put together piece by piece, and words that it is taken apart into. */
#ifndef CONFIG_LINES_TEXT_H
#define CONFIG_LINES_TEXT_H

#include "base/str.h"

/* The longest text of our own making: what the options of one entry may come to. */
#define TEXT_MAX 65535

struct arena;

/* What was put together so far. */
struct text {
	char *p; /* TEXT_MAX bytes */
	size_t n;
	bool full; /* some of it found no room */
};

/* An empty text in the arena; false when memory is used up. It is made once and used again: set n
 * and full back. */
bool text_init(struct text *, struct arena *);

/* Adds S, or as much as there is room for. */
void text_add(struct text *, struct str s);

/* Adds S as one more word or line of words, with one space before it unless it is the first. */
void text_join(struct text *, struct str s);

/* A copy of the text in the arena; false when memory is used up. */
bool text_take(const struct text *, struct arena *, struct str *copy);

/* Cuts the first word off *REST, with the blanks (str_is_blank()) before and after it;
 * "" when there is none left. */
struct str text_word(struct str *rest);

/* True when both are the same but for upper and lower case of ASCII. */
bool text_same(struct str a, struct str b);

/* Below 0, 0 or above 0, as A comes before B, is the same, or comes after it, byte by byte. */
int text_compare(struct str a, struct str b);

/* The position of the first NEEDLE in S, or S.n when it is not in it. */
size_t text_find(struct str s, struct str needle);

#endif
