/* UTF-16, as the firmware wants its strings. */
#ifndef BASE_UTF16_H
#define BASE_UTF16_H

#include "base/str.h"

/* Writes UTF-8 TEXT as UTF-16 to TO, at most CAPACITY units and never half a pair, and returns how
 * many units all of it takes. Bytes that are no UTF-8 become U+FFFD. No terminating zero is
 * written. */
size_t utf16_from(struct str text, uint16_t *to, size_t capacity);

#endif
