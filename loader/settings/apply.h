/* What the host has said, applied to the disks and to the menu. */
#ifndef LOADER_SETTINGS_APPLY_H
#define LOADER_SETTINGS_APPLY_H

#include "loader/loader.h"

/* Marks the disks that the setting `disk` names: UUID=..., LABEL=... of a file system, SERIAL=...,
 * INDEX=... (from 1, in the firmware's order) of a disk and what is on it; without such a word,
 * whichever of them fits. Told, with what there is, when it names none. */
void host_name_disks(struct loader *);

/* Reports, once, that an entry of a disk that the host named has its kernel on one that it did not
 * name. */
void host_report_stray(struct loader *);

/* True when what lies on this disk may boot by itself: it is named, or none is. Of what is on no
 * disk, NULL, the same is true always. */
bool host_trusts(const struct loader *, const struct disk *);

/* Applies `options-replace` to the entries of guests, and then `options-append` to all; EFI
 * programs other than kernels keep theirs. Fails only with E_NO_MEMORY, reported. */
enum status host_options(struct loader *);

#endif
