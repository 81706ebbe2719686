/* `test` and `[` of GRUB's script language. */
#ifndef CONFIG_GRUB_TEST_H
#define CONFIG_GRUB_TEST_H

#include "config/grub_run.h"

/* GRUB_OK when the expression is true, else GRUB_FALSE. */
int grub_test(struct grub *, struct grub_args *);

/* The number that S begins with, as grub_strtoul() reads it: 0x and 0 name its base. 0 when there
 * is none; *END, where it is not NULL, is the number of bytes it took. */
int64_t grub_number(struct str s, size_t *end);

/* As grub_number(), with a `-` before it or not. */
int64_t grub_signed(struct str s);

/* The value of a digit of up to base 16; 16 for any other byte. */
unsigned grub_digit(char);

#endif
