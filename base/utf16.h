/* UTF-16, in which the firmware has its strings. */
#ifndef BASE_UTF16_H
#define BASE_UTF16_H

#include "base/bytes.h"
#include "base/str.h"

/* Writes the UTF-8 TEXT as UTF-16 to TO, at most CAPACITY units and never half a pair. Returns how
 * many units all of TEXT takes. TO may be NULL when CAPACITY is 0. Bytes that are no UTF-8 become
 * U+FFFD. No terminating zero is written. */
size_t utf16_from(struct str text, uint16_t *to, size_t capacity);

/* Converts N units of UTF-16 to UTF-8 in TO, which has room for three bytes each. Half of a
 * surrogate pair becomes U+FFFD. Returns what was written. */
struct str utf16_decode(const le16 *units, size_t n, char *to);

#endif
