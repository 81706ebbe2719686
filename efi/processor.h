/* What differs between processors. A folder for each, such as efi/x86_64/, implements it. */
#ifndef EFI_PROCESSOR_H
#define EFI_PROCESSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* How many ticks of clock_ticks() a millisecond has, 1 at least. */
uint64_t processor_ticks_in_ms(void);

/* True when a hypervisor says that it is there. Only then may QEMU's devices be touched:
 * debug_console_write(), and fw_cfg_choose() and fw_cfg_read() of loader/settings/fw_cfg.h. */
bool processor_is_virtual(void);

/* Lets the processor execute the N bytes of code that were written to CODE as data. */
void processor_code_written(const void *code, size_t n);

/* Writes TEXT to the debug console of QEMU and OVMF; nothing happens where there is none. */
void debug_console_write(struct str text);

#endif
