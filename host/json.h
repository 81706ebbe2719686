/* Writing JSON (RFC 8259): strings are the only hard part. */
#ifndef HOST_JSON_H
#define HOST_JSON_H

#include <stdio.h>

#include "base/str.h"

/* Writes S as a string, quotes included. Bytes that are no UTF-8 become U+FFFD, so that what is
 * written is JSON whatever a guest put into S. */
void json_string(FILE *, struct str s);

/* As json_string(), or null when S is empty. */
void json_string_or_null(FILE *, struct str s);

#endif
