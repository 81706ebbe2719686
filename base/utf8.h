/* UTF-8, one character at a time. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

/* The character that stands for bytes that are none. */
#define UTF8_REPLACEMENT 0xfffd

/* Decodes the character that S begins with into *C and returns its length, 1 to 4 bytes. Returns 0,
 * and leaves *C, when S is empty or does not begin with well-formed UTF-8 (RFC 3629: no overlong
 * form, no surrogate, nothing past U+10FFFF). */
size_t utf8_decode(struct str s, uint32_t *c);

/* Cuts the first character off *REST, which must not be empty, and returns it. A byte that begins
 * no character is cut off alone, as UTF8_REPLACEMENT. */
uint32_t utf8_next(struct str *rest);

/* Writes C, which must be a Unicode scalar value, to BUF, 4 bytes, and returns how many it took. */
size_t utf8_encode(uint32_t c, char *buf);

/* Where the character that ends at position AT begins; 0 < AT <= S.n. A byte that belongs to no
 * character counts as one. */
size_t utf8_before(struct str s, size_t at);

/* The beginning of S: at most MOST bytes, and never part of a character. */
struct str utf8_cut(struct str s, size_t most);

#endif
