/* Numbers as GRUB and GRUB legacy read them. */
#ifndef CONFIG_GRUB_NUMBER_H
#define CONFIG_GRUB_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "config/grub/result.h"

/* Reads the number at the start of S, behind blanks, as GRUB's strtoull() does. BASE is 10, 16, or
 * 0: then a "0x" or "0" before the number tells. *END, where END is not NULL, becomes the bytes
 * that were used. Returns GRUB_OK; GRUB_BAD_NUMBER, and *N is 0, when there is none;
 * GRUB_OUT_OF_RANGE, and *N is UINT64_MAX. */
int grub_number(struct str s, unsigned base, uint64_t *n, size_t *end);

/* The number at the start of S, perhaps with a '-' before it, cut to an int as GRUB cuts it; 0 when
 * there is none. */
int grub_signed(struct str s);

/* The value of a digit of up to base 16; 16 for any other byte. */
unsigned grub_digit(char);

#endif
