/* What a guest asks for its next boot alone. */
#ifndef LOADER_ONCE_H
#define LOADER_ONCE_H

#include <stdbool.h>

struct loader;

/* Makes the entry that l->guest asks for once the default, and keeps what its boot file saves
 * whichever entry boots. What was asked counts as done from here on, whatever a person then
 * chooses, as with GRUB. Where that cannot be kept, the default stays and the report says why. If
 * the default of this boot is DECIDED otherwise, with l->usual_entry set, what was asked stays for
 * a later boot. */
void once_choose(struct loader *, bool decided);

#endif
