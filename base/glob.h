/* Shell globs. */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include "base/str.h"

/* True when all of TEXT matches PATTERN, a shell glob with `*`, `?`, `[a-z]`, `[!a-z]` and `\`. `*`
 * matches `/` too. The time is bounded by the product of both lengths. */
bool glob_match(struct str pattern, struct str text);

#endif
