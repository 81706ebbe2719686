/* What a boot puts into the log and the registers of a TPM, or of a confidential guest: what was
 * decided from, and what came of it, never the steps between.
 *
 *   PCR  event              hashed
 *     5  EV_EVENT_TAG, 1    the host's settings in force: settings_print()
 *     5  EV_EVENT_TAG, 2    each boot file that the entry's menu was made of, as it was parsed
 *     5  EV_EVENT_TAG, 3    the id of the entry that is started
 *    12  EV_IPL             the options as the program gets them, UTF-16 with a NUL
 *     9  EV_EVENT_TAG       the initrd, as Linux' own stub measures it, for kernels that do not
 *
 * The firmware itself measures the programs: the loader and the kernel, PCR 4. Settings and boot
 * files are measured once, and so is a boot file for all entries of its menu; the rest for each
 * entry that is tried.
 *
 * What was parsed is what is hashed: nothing is read twice. So the bytes of boot files are kept
 * (config->texts), and an initrd that is measured here is held in memory, from where the kernel
 * gets it. Files in which only a choice is saved, such as grubenv, are not measured: they change
 * from boot to boot, and all that they can change is which entry boots with which options, which
 * is. What the firmware's variables keep is not measured for the same reason.
 *
 * The command `partless measure` runs these same functions, on a platform_measure() that computes
 * what a TPM would. */
#ifndef LOADER_MEASURE_H
#define LOADER_MEASURE_H

#include "base/status.h"
#include "base/str.h"

struct item;
struct loader;
struct plan;
struct stub;

/* The ids of our tagged events. That of the initrd is Linux' own. */
#define MEASURED_SETTINGS 0x70a21e01
#define MEASURED_FILE     0x70a21e02
#define MEASURED_ENTRY    0x70a21e03
#define MEASURED_INITRD   0x8f3b22ec

/* Before the program of ITEM is loaded: PCR 5. Fails, reported, when something cannot be measured:
 * then the entry must not be started. Does nothing where nothing measures. */
enum status measure_choice(struct loader *, const struct item *);

/* Settings and the item's boot files count as not measured, so that the next measure_choice()
 * measures all of them again: for one who predicts several boots. */
void measure_forget(struct loader *, const struct item *);

/* After it was loaded, and before it is started: PCR 12, and PCR 9 if STUB does not do that.
 * OPTIONS are the bytes that the program gets. An initrd that is measured becomes plan->held; the
 * caller ends with measure_free(), also on failure. Fails in the same way. */
enum status measure_start(struct plan *, struct str options, const struct stub *, struct report *);
void measure_free(struct plan *);

#endif
