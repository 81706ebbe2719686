/* What stands in for a guest's firmware. */
#ifndef HOST_PLATFORM_H
#define HOST_PLATFORM_H

#include "base/status.h"

/* From now on platform_get() reads the variables in the file PATH, a guest's flash, which stays in
 * memory until the program ends. Without this, the firmware has none. Fails, reported, as
 * varstore_open() does. */
enum status platform_open_variables(const char *path, struct report *);

#endif
