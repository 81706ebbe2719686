/* grub.cfg: GRUB's own menu, read as GRUB reads it. docs/grub.md says what it knows. */
#ifndef CONFIG_GRUB_GRUB_H
#define CONFIG_GRUB_GRUB_H

#include "config/parse.h"

read_fn grub_cfg_read;

#endif
