/* The seam to whoever can start an image: efi/platform.c; a test's own in test/unit. */
#ifndef LOADER_PLATFORM_H
#define LOADER_PLATFORM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct plan;
struct report;

/* Loads the plan's program from its volume, hands it the options and, to a kernel, the initrds, and
 * starts it. Returns only when that failed or the program came back; everything taken on the way
 * was given back by then. Never OK without the program having run: an EFI program that ended well
 * returns OK, a kernel that comes back is E_IO. Failures are told in REPORT. */
enum status platform_start(const struct plan *, struct report *);

/* The menu is shown: until the next platform_start() no watchdog may end us. */
void platform_wait(void);

/* Keeps SUM, in place of the one before, where it outlives a reset and every disk. Told and
 * E_UNSUPPORTED where this firmware has no such memory; other failures as the firmware has them. */
enum status platform_remember(uint32_t sum, struct report *);

/* The sum that was kept last, in an earlier boot or this one; false when there is none. */
bool platform_recall(uint32_t *sum);

/* No sum is kept any more. */
void platform_forget(void);

/* Resets the machine, or switches it off. Returns only where the firmware cannot. */
void platform_reset(bool off);

#endif
