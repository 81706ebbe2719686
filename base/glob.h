/* Shell globs. */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include "base/str.h"

/* True when TEXT matches PATTERN as a shell glob: `*`, `?` and `[a-z]`, all of TEXT. Time is
 * bounded by the product of both lengths. */
bool glob_match(struct str pattern, struct str text);

#endif
