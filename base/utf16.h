/* UTF-16, in which the firmware has its strings. */
#ifndef BASE_UTF16_H
#define BASE_UTF16_H

#include "base/bytes.h"
#include "base/str.h"

/* Writes the UTF-8 TEXT as UTF-16 to TO, at most CAPACITY units and never half a pair. Returns how
 * many units all of TEXT takes. TO may be NULL when CAPACITY is 0. Bytes that are no UTF-8 become
 * U+FFFD. No terminating zero is written. */
size_t utf16_from(struct str text, uint16_t *to, size_t capacity);

/* Decodes the character that the N units at P begin with into *C and returns its length, 1 or 2
 * units. Returns 0, and leaves *C, when N is 0 or half of a pair comes first. */
size_t utf16_next(const le16 *p, size_t n, uint32_t *c);

/* Converts N units of UTF-16 to UTF-8 in TO, which has room for three bytes each. Half of a
 * surrogate pair becomes U+FFFD. Returns what was written. */
struct str utf16_decode(const le16 *units, size_t n, char *to);

#endif
