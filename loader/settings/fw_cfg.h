/* QEMU's fw_cfg (docs/specs/fw_cfg.rst there): named files of the host. */
#ifndef LOADER_SETTINGS_FW_CFG_H
#define LOADER_SETTINGS_FW_CFG_H

#include "loader/loader.h"

/* Reads the settings of the files "opt/org.partless/NAME", in their order, and the boot order, into
 * the loader. What is wrong is reported and left out. Strings live in the loader's arena. Nothing
 * happens where the device has not its signature. */
void fw_cfg_read_settings(struct loader *);

/* Each processor implements these: the first selects KEY, the second reads the next N bytes of its
 * value, zeros behind its end. On real hardware the ports may belong to another device, so they may
 * be touched only under a hypervisor. */
void fw_cfg_choose(uint16_t key);
void fw_cfg_read(void *to, size_t n);

#endif
