/* The kernel's command line, in words as the kernel sees them (lib/cmdline.c, kernel/params.c). */
#ifndef LOADER_CMDLINE_H
#define LOADER_CMDLINE_H

#include "base/str.h"

struct arena;

/* Cuts the first word off *REST, with the blanks behind it. Blanks inside "..." are part of the
 * word. "" only when *REST was empty. */
struct str cmdline_cut(struct str *rest);

/* Where the kernel stops to read OPTIONS: at the word `--`, because the rest is for init; OPTIONS.n
 * when there is none. */
size_t cmdline_end(struct str options);

/* The value of the last word that begins with NAME, "root=" for example, before `--` and without
 * its quotes: the kernel takes the last. False when there is none. */
bool cmdline_value(struct str options, struct str name, struct str *value);

/* True when WORD is one of the words before `--`. */
bool cmdline_has(struct str options, struct str word);

/* Adds MORE as the last words before `--`, in the arena. False, and *OPTIONS untouched, when memory
 * is used up. */
bool cmdline_add(struct arena *, struct str *options, struct str more);

/* How the value of root= names a file system. */
enum cmdline_by { BY_OTHER, BY_UUID, BY_LABEL, BY_PARTITION };

/* How VALUE, that of a root=, names a file system. *NAME is the UUID, the label, a partition's UUID
 * or label, or all of VALUE. */
enum cmdline_by cmdline_names(struct str value, struct str *name);

/* S without the quote at its start and the one at its end. S itself when it begins with no quote.
 */
struct str cmdline_unquote(struct str s);

#endif
