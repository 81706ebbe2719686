/* Which version is newer? */
#ifndef CONFIG_LINES_VERSION_H
#define CONFIG_LINES_VERSION_H

#include "base/str.h"

/* Below 0 when A is older than B, 0 when neither is, above 0 when A is newer: the order of the UAPI
 * version format specification,
 * https://uapi-group.org/specifications/specs/version_format_specification/. */
int version_compare(struct str a, struct str b);

/* The same for names of entry files, in the order of Fedora's GRUB: NAME-VERSION-RELEASE, each part
 * by the rules of rpm, with '+' above the end of a part. */
int version_compare_grub(struct str a, struct str b);

/* The same for whole file names, in the order in which GRUB 2.14 lists entries: that of gnulib's
 * filevercmp and of `sort -V`. Names that differ only in leading zeros are the same. */
int version_compare_file(struct str a, struct str b);

#endif
