/* Which version is newer? */
#ifndef CONFIG_LINES_VERSION_H
#define CONFIG_LINES_VERSION_H

#include "base/str.h"

/* Below 0 when A is older than B, 0 when neither is, above 0 when A is newer: the order of the UAPI
 * version format specification,
 * https://uapi-group.org/specifications/specs/version_format_specification/.
 */
int version_compare(struct str a, struct str b);

/* The same for file names of entries, as Fedora's GRUB orders them: NAME-VERSION-RELEASE, each part
 * by the rules of rpm with '+' above the end of a part. */
int version_compare_grub(struct str a, struct str b);

/* The same for file names, suffixes and all, as GRUB 2.14 orders entries: gnulib's filevercmp,
 * which is also that of `sort -V`. Names that differ in leading zeros alone are the same. */
int version_compare_file(struct str a, struct str b);

#endif
