/* Names in directories with casefold, where upper and lower case are alike. */
#ifndef FS_EXT_FOLD_H
#define FS_EXT_FOLD_H

#include "base/str.h"

/* True when the names differ in upper and lower case only. False when either is no UTF-8: such a
 * name equals only itself. */
bool ext_fold_equal(struct str, struct str);

#endif
