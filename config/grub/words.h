/* Expands the words of a GRUB script into the arguments of a command. The words lie on a stack: a
 * command takes a mark, adds its words, and releases them when it has run. */
#ifndef CONFIG_GRUB_WORDS_H
#define CONFIG_GRUB_WORDS_H

#include "config/grub/run.h"

/* How far the stack was filled. */
struct grub_mark {
	char *low;
	struct str *high;
};

/* How far the stack is filled now. */
struct grub_mark grub_words_mark(const struct grub *);

/* Expands one token: removes quotes and escapes, puts variables in, cuts their values at blanks
 * outside of quotes, and replaces `*` and `?` by the files that match. Adds any number of words,
 * perhaps none. */
void grub_words_add(struct grub *, struct str token);

/* The words that were added since MARK, in their order. They live until grub_words_release(). Call
 * this once for a mark: it turns the list round in place. */
struct grub_scope grub_words_since(struct grub *, struct grub_mark);

/* Drops the words since MARK. */
void grub_words_release(struct grub *, struct grub_mark);

/* Adds TEXT to the word that is being built at g->low; adds WORD, which was built there, to the
 * list. Without room they end the script. */
void grub_words_bytes(struct grub *, struct str text);
void grub_words_push(struct grub *, struct str word);

/* Adds the paths of the files that PATTERN matches; false when there are none. GRUB_STAR and
 * GRUB_ANY in PATTERN are the `*` and `?` that match; a plain `*` or `?` means itself. In file.c.
 */
#define GRUB_STAR '\1'
#define GRUB_ANY  '\2'
bool grub_glob(struct grub *, struct str pattern);

/* True when S, which follows a backslash, begins with "xNN", a byte in hexadecimal. */
bool grub_words_is_hex(struct str);

#endif
