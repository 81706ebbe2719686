/* Keeps what boot files want to be kept from boot to boot: config/kept.h. */
#ifndef LOADER_KEEP_H
#define LOADER_KEEP_H

#include "base/status.h"

struct entry;
struct kept;
struct report;

/* Keeps what the list says, in variables of the firmware. What is kept already is not written
 * again. Fails, reported, at the first that cannot be kept: E_UNSUPPORTED when the firmware forgets
 * its variables. */
enum status keep(const struct kept *, struct report *);

/* The same where a failure costs only what was to be kept: the report tells it, unless the firmware
 * forgets its variables, where every boot would tell it. Returns the failure. */
enum status keep_or_tell(const struct kept *, struct report *);

/* Keeps what the boot file of ENTRY wants when that is started. Tells the guest in which variable
 * its tries are counted: TRIES_NAME holds that name until the next reset, and is not there when
 * they are not counted. Tells the host which entry was started last: LAST_NAME holds its id.
 * Failures cost only that. */
#define TRIES_NAME "Tries"
#define LAST_NAME  "LastEntry"
void keep_for_start(const struct entry *, struct report *);

#endif
