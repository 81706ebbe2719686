/* The words of a GRUB script become the arguments of a command. */
#ifndef CONFIG_GRUB_WORDS_H
#define CONFIG_GRUB_WORDS_H

#include "config/grub/run.h"

/* Where the words of a command begin. */
struct grub_mark {
	char *low;
	struct str *high;
};

struct grub_mark grub_words_mark(const struct grub *);

/* Expands one token: quotes and escapes taken off, variables put in and, outside of quotes, cut at
 * their blanks, `*` and `?` replaced by the files that match. Adds none, one or more words. */
void grub_words_add(struct grub *, struct str token);

/* The words that were added since MARK, in their order. They live until grub_words_release(). */
struct grub_scope grub_words_since(struct grub *, struct grub_mark);

/* Forgets the words since MARK. */
void grub_words_release(struct grub *, struct grub_mark);

/* Adds TEXT to the word that is being built, or all of a word: what a wildcard found. */
void grub_words_bytes(struct grub *, struct str text);
void grub_words_push(struct grub *, struct str word);

/* Adds the files that PATTERN matches, whose active `*` and `?` are GRUB_STAR and GRUB_ANY; false
 * when there are none. In file.c. */
#define GRUB_STAR '\1'
#define GRUB_ANY  '\2'
bool grub_glob(struct grub *, struct str pattern);

/* True when S, which stands behind a backslash, begins with "xNN", a byte in hexadecimal. */
bool grub_words_is_hex(struct str);

#endif
