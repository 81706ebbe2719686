/* The commands of GRUB that hand back a value. */
#ifndef CONFIG_GRUB_VALUES_H
#define CONFIG_GRUB_VALUES_H

#include "config/grub/commands.h"

/* `probe`, `tr`, `cmp`, `file`. */
grub_fn grub_cmd_probe, grub_cmd_tr, grub_cmd_cmp, grub_cmd_file;

/* Commands that ask what cannot be known here. They fail, with GRUB_IO or, as tests, with
 * GRUB_FALSE, and are reported once. `read`, `insmod` and the checksums do so in one of their forms
 * only. */
grub_fn grub_cmd_unanswered, grub_cmd_untested, grub_cmd_read, grub_cmd_sum, grub_cmd_insmod;

/* True when STATEMENT was not reported yet; it counts as reported from then on, so that a loop
 * reports it once. Only the first CONFIG_NOTES statements are remembered. */
bool grub_is_news(struct grub *, struct str statement);

#endif
