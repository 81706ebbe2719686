/* What a guest asks for its next boot alone. */
#ifndef LOADER_ONCE_H
#define LOADER_ONCE_H

struct loader;

/* Makes the entry that l->guest asks for once the default, unless that was done at an earlier boot.
 * It counts as done from here on, whatever a person then chooses, as with GRUB. Where that cannot
 * be remembered, the default stays and the report says why. */
void once_choose(struct loader *);

#endif
