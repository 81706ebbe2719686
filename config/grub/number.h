/* Numbers as GRUB reads them, GRUB legacy among them. */
#ifndef CONFIG_GRUB_NUMBER_H
#define CONFIG_GRUB_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "config/grub/result.h"

/* The number that S begins with, blanks before it or not, as GRUB's strtoull() reads it in BASE,
 * 10 or 16; for 0, `0x` and `0` before it name the base. *END, where it is not NULL, becomes the
 * bytes that it takes. GRUB_OK; GRUB_BAD_NUMBER, and *N is 0, when there is none;
 * GRUB_OUT_OF_RANGE, and *N is UINT64_MAX. */
int grub_number(struct str s, unsigned base, uint64_t *n, size_t *end);

/* What grub_number() makes of S with or without a `-` before it, cut to an int as GRUB cuts it. */
int grub_signed(struct str s);

/* The value of a digit of up to base 16; 16 for any other byte. */
unsigned grub_digit(char);

#endif
