/* Environment blocks as a script sees them: what lies on the disk, what was kept of it at earlier
 * boots, and what the script has saved.
 *
 * The body of an entry saves for itself alone: GRUB would run it only when somebody chooses the
 * entry. So the blocks are a list that grows at its front and never changes behind it. A frame
 * holds the front; a body begins with that of the script, and what it puts before it is gone when
 * the frame ends.
 *
 * What was kept counts as long as the guest does not write to the file. But whoever changes one
 * variable writes back the others as they stand there: a choice for one boot that was honoured, or
 * the default before another was saved. So a choice that is in the file as it was does not count as
 * made anew when something else has changed. When nothing has, it was made again; but not in
 * Ubuntu, which writes to the file after each boot, to take out the recordfail that the script
 * saves. */
#ifndef CONFIG_GRUB_BLOCKS_H
#define CONFIG_GRUB_BLOCKS_H

#include "config/grub/envblk.h"
#include "config/grub/file.h"

struct kept;

struct grub_block {
	const struct grub_block *older; /* other blocks, and this one before it was saved to */
	struct grub_path at;
	const struct grubenv *disk; /* as in the file */
	const struct kept *kept;    /* its name and state; NULL: nothing is kept of this file */
	struct grubenv now;
	bool saved; /* the script has saved to it, or what is kept counts on of an older file */
};

/* The block at that path, as the script sees it now; read when it was not read yet. *BLOCK is valid
 * until the script ends. Returns GRUB_OK or GRUB's error. */
int grub_block(struct grub *, struct grub_path, const struct grub_block **);

/* Puts a copy of BLOCK before the others, to be changed. NULL when the script ended for want of
 * memory. */
struct grub_block *grub_block_copy(struct grub *, const struct grub_block *);

/* What the frame's blocks want to be kept, as config/entry.h has it: those that were saved to, even
 * where the machine has kept the same, since a body may take back what the script saved. In the
 * arena of the entries. NULL also when the script ended for want of memory. */
const struct kept *grub_blocks_kept(struct grub *);

#endif
