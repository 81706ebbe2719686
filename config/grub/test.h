/* `test` and `[` of GRUB's script language. */
#ifndef CONFIG_GRUB_TEST_H
#define CONFIG_GRUB_TEST_H

#include "config/grub/run.h"

/* GRUB_OK when the expression is true, else GRUB_FALSE. */
int grub_test(struct grub *, struct grub_args *);

#endif
