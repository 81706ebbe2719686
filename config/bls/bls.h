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

#endif
