/* An open file system of any kind, with its files by path. There is no function that writes. */
#ifndef FS_VOLUME_H
#define FS_VOLUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/str.h"

struct arena;
struct volume;

/* The longest path and symlink target, as in Linux. */
#define PATH_MAX_BYTES 4096

enum file_type { FILE_UNKNOWN, FILE_REGULAR, FILE_DIRECTORY, FILE_SYMLINK, FILE_SPECIAL };

struct file_info {
	enum file_type type;
	uint64_t size;  /* bytes; a hostile disk may lie, so bound it before you allocate */
	bool timed;     /* mtime is known */
	uint32_t mtime; /* when the content changed last, in seconds since 1970 */

	/* The inode's number, and when it or the content changed last (ctime), in nanoseconds since
	 * 1970 as far as the file system counts them. 0 in file systems without inodes. */
	uint64_t inode;
	int64_t changed;
};

/* Called once for each name but "." and "..". The type is FILE_UNKNOWN when the directory does not
 * say. NAME lives until the call returns; it may hold any byte but '/' and NUL. Any result but OK
 * ends the listing, and vol_list() returns it. */
typedef enum status dir_fn(void *context, struct str name, enum file_type);

/* How far the code of a file system goes to find its superblock when it opens a disk. */
enum effort {
	EFFORT_PLACE,   /* it reads the superblock's own place, by one small request */
	EFFORT_DAMAGED, /* the superblock there is damaged: it searches for a copy */
	EFFORT_MISSING, /* there is none: it searches where a copy is most likely */
};

/* What a kind of file system implements: the functions below without their checks of the path. They
 * report why they failed; volume.c adds the path. E_NOT_FOUND need not be reported. */
struct volume_ops {
	enum status (*info)(struct volume *, struct str path, bool follow, struct file_info *);
	enum status (*read)(struct volume *, struct str path, uint64_t offset, void *to,
			    size_t bytes);
	/* NULL: no directory can be listed; E_NOT_FOUND. */
	enum status (*list)(struct volume *, struct str path, dir_fn *, void *context);
	/* NULL: there are no symlinks; E_WRONG_TYPE. */
	enum status (*readlink)(struct volume *, struct str path, struct arena *,
				struct str *target);
	void (*remarks)(struct volume *); /* NULL: it never has any */
	void (*close)(struct volume *);
};

/* What every kind of volume has. The struct of a kind begins with it. */
struct volume {
	const struct volume_ops *ops;
	const char *type;      /* "ext4", "FAT" */
	char uuid[37];         /* as blkid prints it; "" when there is none */
	struct str label;      /* "" when there is none; lives as long as the volume */
	struct str name;       /* for people: the device's name */
	struct report *report; /* for failures */

	/* The program that changes its UUID and its label, and the option of it for a new UUID. */
	const char *admin, *new_uuid;

	/* When the superblock is damaged: which copy is used instead, and how to repair the disk.
	 * Linux does not mount it before that. "" when the superblock is sound. */
	struct str copy_used;
};

/* Paths are absolute, of at most PATH_MAX_BYTES. Repeated and trailing '/' are allowed; ".." at the
 * root is the root. Symlinks are followed inside the volume, an absolute one from its root; at most
 * 40 of them. A failure is reported with the path as the caller gave it. E_NOT_FOUND: a component
 * is missing. E_WRONG_TYPE: a component is no directory. E_LIMIT: the path is too long, or
 * has too many symlinks. */

/* What the file is that PATH leads to, symlinks followed. */
enum status vol_info(struct volume *, struct str path, struct file_info *);

/* As vol_info(), but if the last component of PATH is a symlink: what that link is. */
enum status vol_info_link(struct volume *, struct str path, struct file_info *);

/* Reads exactly BYTES bytes from OFFSET of the regular file PATH. E_LIMIT when the file ends before
 * that; E_WRONG_TYPE when it is no regular file. TO may be partly written on failure. */
enum status vol_read(struct volume *, struct str path, uint64_t offset, void *to, size_t bytes);

/* Reads the whole regular file PATH into the arena, followed by a NUL that is not counted. E_LIMIT
 * when it is larger than MOST bytes. E_NOT_FOUND may be unreported: most callers read files that
 * may be missing. */
enum status vol_load(struct volume *, struct str path, size_t most, struct arena *, struct str *);

/* Calls FN with CONTEXT for each name in the directory PATH, in the order of the disk. */
enum status vol_list(struct volume *, struct str path, dir_fn *, void *context);

/* The target of the symlink PATH, copied into the arena. E_WRONG_TYPE when it is none. */
enum status vol_readlink(struct volume *, struct str path, struct arena *, struct str *target);

/* The target of the symlink PATH as an absolute path, in the arena: one step, computed from the
 * names alone; "" when PATH is no readable symlink. Fails with E_NO_MEMORY only, reported. */
enum status vol_link_target(struct volume *, struct str path, struct arena *, struct str *target);

/* The same for the last symlink of the chain that begins at PATH. Where that chain leads nowhere,
 * this is the name that is missing. */
enum status vol_link_end(struct volume *, struct str path, struct arena *, struct str *end);

/* Reports remarks: what reading has met since the last call, without failing. */
void vol_remarks(struct volume *);

/* Calls vol_remarks(), then frees the volume and all that it holds; the device stays open. NULL is
 * allowed. */
void vol_close(struct volume *);

#endif
