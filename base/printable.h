/* Which characters of a stranger's text may go to a terminal, and how many columns each takes.
 * Whatever goes to a console or a terminal passes here. */
#ifndef BASE_PRINTABLE_H
#define BASE_PRINTABLE_H

#include "base/str.h"

/* True for C0, DEL and C1, Tab and newline among them: a terminal obeys them and shows nothing. */
bool char_is_control(uint32_t c);

/* True when a terminal shows C and does nothing else. Not printable are control characters;
 * characters that end a line or change its direction; noncharacters and numbers beyond Unicode; and
 * all that Unicode calls invisible (Default_Ignorable_Code_Point: the soft hyphen, zero-width and
 * tag characters, fillers, variation selectors), so that names that look the same are the same. */
bool char_is_printable(uint32_t c);

/* The columns that the printable character C takes in a terminal: 2 for East Asian wide characters
 * and emoji, 0 for combining marks of the commoner scripts, 1 for the rest. */
unsigned char_width(uint32_t c);

/* Cuts the first character off *REST, which must not be empty, and returns it; '?' when it is not
 * printable. A byte that belongs to no UTF-8 character is cut off alone, as '?'. */
uint32_t printable_next(struct str *rest);

/* Replaces, in place, whatever is not printable in the N bytes of TEXT by '?'. Returns how many
 * bytes are left. */
size_t printable_make(char *text, size_t n);

#endif
