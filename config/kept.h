/* What is kept from boot to boot of one file on a guest's disk.
 *
 * GRUB and systemd-boot write to the disk between two boots: into grubenv, or a new name for an
 * entry whose tries are counted. Partless writes to no disk. It keeps a text in a variable of the
 * firmware instead, one for each such file, and reads it as if it stood in the file.
 *
 * The guest writes to these files too, and its word is newer. So the text begins with a line that
 * says which file it was kept of, and in what state: the volume's UUID, the path, the inode, when
 * that changed last, and how many bytes it held with which checksum. It counts only while that
 * line is the same. Whatever the guest writes, and be it the same bytes again, ends it; unless the
 * reader knows better (config/grub/blocks.h).
 *
 * Anybody in the guest may write such a variable. It says no more than the guest could have written
 * to the file, and is read with the same care. */
#ifndef CONFIG_KEPT_H
#define CONFIG_KEPT_H

#include "base/status.h"
#include "base/str.h"

struct arena;
struct places;
struct volume;

/* The most bytes of a variable, and the room for its name and a NUL. OVMF takes 8 KB. */
#define KEPT_MAX  4096
#define KEPT_NAME 24

/* What is kept, by which the names of the variables begin: what a script saves to grubenv, and how
 * often entries were started. */
#define KEPT_GRUBENV "GrubEnv"
#define KEPT_TRIES   "Tries"

/* What is to be kept of one file. */
struct kept {
	struct kept *next;
	char name[KEPT_NAME]; /* of the variable */
	struct str path;      /* of the file */
	uint64_t inode;       /* of the file */
	struct str head;      /* which file it is, and in what state: one line */
	struct str content;   /* the end of that: how many bytes, with which checksum */
	struct str text;      /* all of the variable, with the head; "": it is deleted */
};

/* Sets the name and the head of KEPT for the file PATH on V, which holds CONTENT, or "" where that
 * is long; KIND begins the name. On a volume without inodes, which is the loader's own directory,
 * path and content alone tell. E_UNSUPPORTED when a volume with inodes has no UUID; else fails as
 * vol_info(), or with E_NO_MEMORY. The volume reports, if at all. */
enum status kept_identify(struct kept *, const char *kind, struct volume *v, struct str path,
			  struct str content, struct arena *);

/* What the guest has done to the file since something was kept of it. */
enum kept_since { KEPT_SAME, KEPT_WRITTEN_AGAIN, KEPT_CHANGED };

/* What the machine has kept of that file, without the head; "" when it has nothing. False when
 * memory is used up. */
bool kept_recall(const struct kept *, const struct places *, struct arena *, struct str *text,
		 enum kept_since *);

#endif
