/* An open file system, read-only by type: whatever kind it is, its files are had by path. */
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
	uint64_t size;  /* bytes; a lie on a hostile disk, so bound it before you allocate */
	bool timed;     /* the file system says when it was changed: */
	uint32_t mtime; /* seconds since 1970 */
};

/* Called once a name, "." and ".." left out. The type may be FILE_UNKNOWN where the directory does
 * not say. NAME lives until the call returns; it may hold any byte but '/' and NUL. Anything but OK
 * ends the listing and is returned by vol_list(). */
typedef enum status dir_fn(void *context, struct str name, enum file_type);

struct volume_ops {
	enum status (*info)(struct volume *, struct str path, bool follow, struct file_info *);
	enum status (*read)(struct volume *, struct str path, uint64_t offset, void *to,
			    size_t bytes);
	enum status (*list)(struct volume *, struct str path, dir_fn *, void *context);
	enum status (*readlink)(struct volume *, struct str path, struct arena *,
				struct str *target);
	void (*close)(struct volume *);
};

/* The part that every kind of volume has; an implementation's own struct begins with it. */
struct volume {
	const struct volume_ops *ops;
	const char *type;      /* "ext4", "FAT" */
	char uuid[37];         /* as blkid prints it; "" when there is none */
	struct str label;      /* "" when there is none; lives as long as the volume */
	struct str name;       /* for people: the device's name */
	struct report *report; /* where failures are told */
	bool by_copy;   /* its superblock is damaged, and a copy is used: no mount without e2fsck */
	size_t damaged; /* blocks that gave way to older copies of them, not told yet */
};

/* Paths are absolute, '/' between components, repeated and trailing '/' allowed, "." and ".."
 * understood, ".." at the root stays there. Symlinks are followed inside the volume, an absolute
 * one from its root; at most 40 of them. Failures are reported with the path as it was asked for.
 * E_NOT_FOUND: a component is missing. E_WRONG_TYPE: a component is no directory. */

/* What PATH is, after following symlinks. */
enum status vol_info(struct volume *, struct str path, struct file_info *);

/* What PATH is; if its last component is a symlink, the link itself. */
enum status vol_info_link(struct volume *, struct str path, struct file_info *);

/* Reads exactly BYTES bytes from OFFSET of the regular file PATH. E_LIMIT when the file ends before
 * that; E_WRONG_TYPE when it is no regular file. TO may be partly written on failure. */
enum status vol_read(struct volume *, struct str path, uint64_t offset, void *to, size_t bytes);

/* Reads the whole regular file PATH into the arena, with a NUL after it that is not counted.
 * E_LIMIT when it is larger than MOST bytes. E_NOT_FOUND need not be reported: most such files are
 * ones that may be missing. */
enum status vol_load(struct volume *, struct str path, size_t most, struct arena *, struct str *);

/* Calls FN for each name in the directory PATH, in the order of the disk. */
enum status vol_list(struct volume *, struct str path, dir_fn *, void *context);

/* The target of the symlink PATH, copied into the arena. E_WRONG_TYPE when it is none. */
enum status vol_readlink(struct volume *, struct str path, struct arena *, struct str *target);

/* What the symlink PATH leads to, one step, as an absolute path made from the names alone; "" when
 * PATH is no symlink or cannot be read. In the arena. Fails only with E_NO_MEMORY, reported. */
enum status vol_link_target(struct volume *, struct str path, struct arena *, struct str *target);

/* The same for the last step of the chain of symlinks that begins at PATH: where a chain that leads
 * nowhere breaks off. */
enum status vol_link_end(struct volume *, struct str path, struct arena *, struct str *end);

/* Reports what reading has met so far that was damaged and could be done without; once. */
void vol_tell(struct volume *);

/* Does vol_tell(), then frees the volume and all it holds; the device stays open. NULL is allowed.
 */
void vol_close(struct volume *);

#endif
