/* The commands of GRUB that hand back a value. */
#ifndef CONFIG_GRUB_VALUES_H
#define CONFIG_GRUB_VALUES_H

#include "config/grub/commands.h"

/* What a device is, and what text becomes. */
grub_fn grub_cmd_probe, grub_cmd_tr, grub_cmd_cmp, grub_cmd_file;

/* What cannot be known here: fails, as a command or as a test, and is told once. Of the others one
 * form alone asks for it. */
grub_fn grub_cmd_unanswered, grub_cmd_untested, grub_cmd_read, grub_cmd_sum, grub_cmd_insmod;

/* True when STATEMENT was not told yet; it counts as told from then on. A loop would tell it each
 * time round. Of many only the first are remembered. */
bool grub_is_news(struct grub *, struct str statement);

#endif
