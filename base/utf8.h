/* UTF-8, one character at a time. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

/* What stands for bytes that are no character. */
#define UTF8_REPLACEMENT 0xfffd

/* The character that S begins with, and how many bytes it takes, 1 to 4. Returns 0, and leaves *C,
 * when S is empty or does not begin with well-formed UTF-8 (RFC 3629: no overlong form, no
 * surrogate, nothing past U+10FFFF). */
size_t utf8_decode(struct str s, uint32_t *c);

/* Cuts the character that *REST begins with off and returns it; *REST must not be empty. A byte
 * that begins no character is cut alone and counts as UTF8_REPLACEMENT. */
uint32_t utf8_next(struct str *rest);

/* Writes C, which must be a Unicode scalar value, to BUF, 4 bytes, and returns how many it took. */
size_t utf8_encode(uint32_t c, char *buf);

/* Where the character before position AT begins; AT must be > 0. A byte that belongs to no
 * character is one by itself. */
size_t utf8_before(struct str s, size_t at);

/* S, cut to at most MOST bytes, never inside a character. */
struct str utf8_cut(struct str s, size_t most);

#endif
