/* Writing JSON (RFC 8259): strings are the only hard part. */
#ifndef HOST_JSON_H
#define HOST_JSON_H

#include <stdio.h>

#include "base/str.h"

/* Writes S as a string, with its quotes. Bytes that are not UTF-8 become U+FFFD, so that the output
 * is JSON whatever a guest wrote into S. */
void json_string(FILE *, struct str s);

/* The same, but null when S is empty. */
void json_string_or_null(FILE *, struct str s);

#endif
