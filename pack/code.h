/* Prefix codes, and how the compressed stream tells them: UEFI specification, 19.3. */
#ifndef PACK_CODE_H
#define PACK_CODE_H

#include <stddef.h>

/* Symbols in the largest set, and bits in the longest code word. */
#define CODE_SYMBOLS 510
#define CODE_BITS    16

/* Widths of the fields that tell a number of symbols: CBIT, PBIT and TBIT there. */
#define SYMBOLS_WIDTH 9
#define PLACES_WIDTH  4
#define EXTRA_WIDTH   5

/* The extra set codes word lengths: three symbols for runs of zeros, then the length and 2. */
#define EXTRA_SYMBOLS (CODE_BITS + 3)
#define EXTRA_SPECIAL 3 /* after so many lengths of it, 2 bits tell how many zeros follow */

/* A stream of bits, the first one highest in its byte. With BYTES NULL it only counts. */
struct bits {
	unsigned char *bytes; /* zeros, from where nothing was put yet */
	size_t n;
};

/* A code for the symbols 0 .. SYMBOLS - 1. A symbol that never occurs has no word, length 0; and
 * where only one occurs, it has none either: there is nothing to tell. */
struct code {
	size_t symbols;
	unsigned count[CODE_SYMBOLS]; /* how often each occurs */
	unsigned char length[CODE_SYMBOLS];
	unsigned short word[CODE_SYMBOLS];
};

/* Appends the low COUNT bits of VALUE, 16 at most. */
void bits_put(struct bits *, unsigned value, unsigned count);

/* Makes the words from the counts: the shortest stream that words of CODE_BITS allow, or close. */
void code_make(struct code *);

/* Appends the word of SYMBOL. */
void code_put(struct bits *, const struct code *, size_t symbol);

/* Appends the word lengths: those of bytes and match lengths (19.3.2, "Code Length Array" of the
 * Char&Len set, with the extra set before it), and those of match positions. */
void code_tell_symbols(struct bits *, const struct code *);
void code_tell_places(struct bits *, const struct code *);

#endif
