/* A volume whose files are inodes: paths, symlinks, the bytes of files, and what reading may cost.
 * ext and XFS bring what is their own as `struct inodes_ops`. */
#ifndef FS_INODES_H
#define FS_INODES_H

#include "fs/block.h"
#include "fs/cache.h"
#include "fs/names.h"
#include "fs/volume.h"

struct inodes;

/* What one volume may cost from open to close, so that no disk keeps the loader busy for minutes. A
 * request costs as many units as it has bytes, COST_REQUEST at least; a step without a request
 * costs COST_STEP. */
#define COST_MAX     ((uint64_t)16 << 30)
#define COST_REQUEST (64u * 1024)
#define COST_STEP    1024u

/* An inode, decoded and checked. The struct of a kind begins with it. */
struct inode {
	uint64_t number; /* 0: no inode */
	uint64_t size;   /* bytes */
	enum file_type type;
	uint32_t mtime;  /* seconds since 1970 */
	int64_t changed; /* ctime, in nanoseconds since 1970 */
};

/* A run of blocks of a file. */
struct run {
	uint64_t block; /* on the disk; 0: a hole, or never written: reads as zeros */
	uint64_t count; /* blocks, at least 1 */
};

/* What a kind implements. All report why they failed. */
struct inodes_ops {
	/* Reads BYTES bytes at OFFSET of the file system, as a replay of its log would leave them.
	 */
	enum status (*read)(struct inodes *, uint64_t offset, void *to, size_t bytes);
	/* Reads inode NUMBER into `at`. */
	enum status (*get)(struct inodes *, uint64_t number);
	/* The number of the inode that NAME has in the directory; 0 when it is not there. */
	enum status (*find)(struct inodes *, const struct inode *, struct str name,
			    uint64_t *number);
	/* Calls inodes_listed() for each name in the directory, until it fails. */
	enum status (*list)(struct inodes *, const struct inode *, dir_fn *, void *context);
	/* Where block AT of the file lies on the disk, and how many blocks follow it there. */
	enum status (*map)(struct inodes *, const struct inode *, uint64_t at, struct run *);
	/* Reads BYTES bytes from OFFSET of the file or symlink; its size has been checked. */
	enum status (*content)(struct inodes *, const struct inode *, uint64_t offset, void *to,
			       size_t bytes);
};

struct inodes {
	struct volume vol; /* first: a volume is our handle */
	const struct inodes_ops *ops;
	struct block *disk;
	struct inode *at;    /* the inode that get() read last: room for a kind's struct */
	uint64_t root;       /* its number */
	unsigned block_bits; /* log2 of a block's bytes */
	uint64_t spent;      /* of what the volume may cost: inodes_spend() */
	struct inodes_large *large;
};

/* What takes much room. It lies at the end of a kind's struct, so that all else is near the start
 * of that, where code that reaches it is shorter. */
struct inodes_large {
	struct cache cache;
	struct names names;
	char path[2 * PATH_MAX_BYTES]; /* at its end: the part of a path still to walk */
};

/* What the mode of an inode says; what a directory says by the numbers that ext and XFS share. */
enum file_type inodes_type(uint16_t mode);
enum file_type inodes_dirent_type(uint8_t file_type);

/* True when Linux would accept this as a name. */
bool inodes_is_name(struct str);

/* Checks that the disk holds the BYTES bytes of the file system (E_CORRUPT), and that its sectors
 * are no larger than LEAST bytes, so much as the file system reads at least: its UNITS
 * (E_UNSUPPORTED). Either is reported. */
enum status inodes_check_disk(const struct inodes *, uint64_t bytes, const char *units,
			      uint32_t least);

/* Sets vol.uuid from the 16 bytes UUID, "" when all are zero; and vol.label, up to its first NUL,
 * from the N bytes LABEL, which are borrowed. */
void inodes_name(struct inodes *, const uint8_t *uuid, const char *label, size_t n);

/* Goes on with a file system that was not unmounted, but whose LOG (its name) cannot be used for
 * the reasons reported since MARK: says so above them. Returns OK, or STATUS where the reason was
 * none of the log's: E_IO, E_NO_MEMORY. */
enum status inodes_without_log(struct inodes *, const char *log, size_t mark, enum status);

/* Adds COST to what the volume has cost. E_LIMIT, reported, beyond COST_MAX. */
enum status inodes_spend(struct inodes *, uint64_t cost);

/* Reads from the disk, at a cost to the volume. E_IO, E_CORRUPT when the range is not on the disk,
 * E_LIMIT; reported. */
enum status inodes_request(struct inodes *, uint64_t offset, void *to, size_t bytes);

/* Reads BLOCK through the cache. The slot's data lives until the next call. Fails as ops->read()
 * does. */
enum status inodes_cached(struct inodes *, uint64_t block, struct cache_slot **);

/* Reads BYTES bytes from OFFSET of a file by ops->map(). Runs that are neighbours on the disk are
 * joined, and read straight into TO; holes become zeros. Fails as ops->map() and read() do. */
enum status inodes_read_runs(struct inodes *, const struct inode *, uint64_t offset, void *to,
			     size_t bytes);

/* Hands the next NAME of the directory DIR to the caller of vol_list(), but "." and "..". Other
 * inodes may be read meanwhile: `at` is another one afterwards. Returns what FN returns. */
enum status inodes_listed(struct inodes *, uint64_t dir, struct str name, uint64_t number,
			  enum file_type, dir_fn *, void *context);

/* Reads the target of the symlink `at`, up to its first NUL, into TO, which holds PATH_MAX_BYTES:
 * *N > 0 bytes. E_CORRUPT, reported, when its size is impossible; else fails as ops->content(). */
enum status inodes_target(struct inodes *, char *to, size_t *n);

/* walk.c */

/* Reads into `at` the inode that PATH leads to. FOLLOW: also through a symlink at the end.
 * E_NOT_FOUND and E_WRONG_TYPE are reported with PATH. */
enum status inodes_walk(struct inodes *, struct str path, bool follow);

/* The functions of a volume (fs/volume.h), for the `volume_ops` of a kind. */
enum status inodes_info(struct volume *, struct str path, bool follow, struct file_info *);
enum status inodes_read(struct volume *, struct str path, uint64_t offset, void *to, size_t bytes);
enum status inodes_list(struct volume *, struct str path, dir_fn *, void *context);
enum status inodes_readlink(struct volume *, struct str path, struct arena *, struct str *target);

#endif
