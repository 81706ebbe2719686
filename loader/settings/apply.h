/* Applies the host's settings to the disks and to the menu. */
#ifndef LOADER_SETTINGS_APPLY_H
#define LOADER_SETTINGS_APPLY_H

#include "loader/loader.h"

/* Marks the disks that the setting `disk` names: UUID=..., LABEL=... of a file system, SERIAL=...,
 * INDEX=... (from 1, in the firmware's order) of a disk and what is on it; without such a word, the
 * first of these kinds that fits. If it names none, reports that, and the disks that are there. */
void host_name_disks(struct loader *);

/* Reports, once, that an entry of a disk that the host named has its kernel on one that it did not
 * name. */
void host_report_stray(struct loader *);

/* True when the entries of this disk may boot by themselves: the host named it, or the host named
 * none. True for NULL, the host's own entries. */
bool host_trusts(const struct loader *, const struct disk *);

/* Applies `options-replace` to the entries of guests, and then `options-append` to all; EFI
 * programs other than kernels keep theirs. Fails only with E_NO_MEMORY, reported. */
enum status host_options(struct loader *);

#endif
