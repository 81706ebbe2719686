/* What each processor has in its own way. A folder beside this file, efi/x86_64/, implements it. */
#ifndef EFI_PROCESSOR_H
#define EFI_PROCESSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Ticks of clock_ticks() in a millisecond, 1 at least. */
uint64_t processor_ticks_in_ms(void);

/* True when a hypervisor says that there is one: the two below may be used then. */
bool processor_is_virtual(void);

/* QEMU's fw_cfg (docs/specs/fw_cfg.rst there): makes KEY's value the one that is read from its
 * beginning; and reads the N bytes of it that come next. */
void fw_cfg_choose(uint16_t key);
void fw_cfg_read(void *to, size_t n);

/* Writes TEXT to the debug console of QEMU and OVMF; nothing happens where there is none. */
void debug_console_write(struct str text);

#endif
