/* The boot order, as QEMU's host gives it and as the firmware keeps it: which disk is meant. */
#ifndef LOADER_DISKS_BOOT_ORDER_H
#define LOADER_DISKS_BOOT_ORDER_H

#include "base/str.h"

/* The place, from 1, of the disk in ORDER, fw_cfg's file `bootorder`: names as of OpenFirmware, a
 * line each. PATH is the disk's UEFI device path, or a partition's on it, as bytes. 0 when ORDER
 * does not name it. USB disks are never found: QEMU and the firmware count their ports apart. */
unsigned boot_order_place(struct str order, struct str path);

/* The device path in OPTION, a variable Boot#### (UEFI specification, 3.1.3), without its end node;
 * "" when OPTION is not active or not valid. */
struct str boot_option_path(struct str option);

/* True when the boot option with the path OPTION starts from the disk or partition at PATH: it
 * names that, something on it, the controller above it, or a partition by its signature alone. Both
 * paths come without their end nodes. */
bool boot_option_means(struct str option, struct str path);

#endif
