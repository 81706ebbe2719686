/* The Boot Loader Specification,
 * https://uapi-group.org/specifications/specs/boot_loader_specification/: its entries, for whoever
 * lists them. */
#ifndef CONFIG_BLS_BLS_H
#define CONFIG_BLS_BLS_H

#include "config/parse.h"

/* The largest entry file. */
#define BLS_FILE_MAX (64u << 10)

/* What a variable stands for; false when nobody has set it. The value lives as long as the arena.
 */
typedef bool bls_lookup_fn(void *context, struct str name, struct str *value);

/* The language: type #1 entries in loader/entries, unified kernel images (type #2) in EFI/Linux,
 * and loader/loader.conf, with P->path the folder that holds them: "/", "/boot", ... */
read_fn bls_read;

#endif
