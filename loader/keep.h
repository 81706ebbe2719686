/* Keeps what boot files want to be kept from boot to boot: config/kept.h. */
#ifndef LOADER_KEEP_H
#define LOADER_KEEP_H

#include "base/status.h"

struct kept;
struct report;

/* Keeps what the list says, in variables of the firmware. What is kept already is not written
 * again. Fails, reported, at the first that cannot be kept: E_UNSUPPORTED when the firmware forgets
 * its variables. */
enum status keep(const struct kept *, struct report *);

/* The same where a failure costs only what was to be kept: the report tells it, unless the firmware
 * forgets its variables, where every boot would tell it. */
void keep_or_tell(const struct kept *, struct report *);

#endif
