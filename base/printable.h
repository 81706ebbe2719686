/* What may be shown to a person of text that somebody else wrote, and how wide it is. Whatever goes
 * to a console or a terminal passes here. */
#ifndef BASE_PRINTABLE_H
#define BASE_PRINTABLE_H

#include "base/str.h"

/* C0, DEL and C1: what a terminal obeys rather than shows; Tab and the line's end too. */
bool char_is_control(uint32_t c);

/* True when C is shown and does nothing else. Not printable are control characters; what turns the
 * direction of a line or ends it; noncharacters and what is beyond Unicode; and all that Unicode
 * has as invisible (Default_Ignorable_Code_Point: the soft hyphen, zero-width and tag characters,
 * fillers, variation selectors), so that two names that look the same are the same. */
bool char_is_printable(uint32_t c);

/* The columns that C, which is printable, takes in a terminal: 2 for East Asian wide characters and
 * emoji, 0 for combining marks of the commoner scripts, 1 for the rest. */
unsigned char_width(uint32_t c);

/* Cuts the character that *REST begins with off and returns it, or '?' when it is not printable; a
 * byte that is no UTF-8 is a '?' by itself. *REST must not be empty. */
uint32_t printable_next(struct str *rest);

/* Makes N bytes of TEXT printable in place, '?' for all that is not, and returns how many are left.
 */
size_t printable_make(char *text, size_t n);

#endif
