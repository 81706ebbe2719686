/* Where QEMU's fw_cfg lies in memory, for processors without I/O ports: QEMU writes it into the
 * tables that describe the machine. */
#ifndef LOADER_SETTINGS_FW_CFG_PLACE_H
#define LOADER_SETTINGS_FW_CFG_PLACE_H

#include <stdint.h>

/* The address of its registers, as the ACPI tables have it that begin with the RSDP at ACPI (ACPI
 * specification, 5.2.5), or as the flattened device tree at TREE has it (Devicetree Specification,
 * 5). The tables come from the firmware and are trusted to lie where they say. 0 when they name no
 * fw_cfg. */
uint64_t fw_cfg_by_acpi(const void *acpi);
uint64_t fw_cfg_by_device_tree(const void *tree);

#endif
