/* Which file system does a device hold? */
#ifndef FS_FILESYSTEMS_H
#define FS_FILESYSTEMS_H

#include <stdbool.h>

#include "base/status.h"
#include "base/str.h"

struct block;
struct volume;

/* Opens the file system that fills the device BLOCK, which must outlive the volume. E_NOT_FOUND
 * when it holds none that we read; the report then says what it holds instead, if that is known (a
 * partition table, LVM, XFS, nothing but zeros). E_UNSUPPORTED, E_CORRUPT, E_IO and E_NO_MEMORY,
 * reported, as the code of the file system returns them. The caller ends with vol_close(). */
enum status fs_open(struct block *, struct volume **);

/* As fs_open(), but fails with E_NOT_FOUND after one small read when no superblock is in its place:
 * it neither searches for copies of the superblock nor says what is there instead. */
enum status fs_open_quickly(struct block *, struct volume **);

/* True when Linux may have its root file system on the device BLOCK although fs_open() returns
 * E_NOT_FOUND: another file system, an encrypted volume, a part of LVM or RAID, or unknown data.
 * *WHAT names it, without advice, and lives for ever. Reads the beginning of the device; reports
 * nothing. */
bool fs_may_be_root(struct block *, struct str *what);

/* True when the device is the image of a disk in a format of its own, such as qcow2: we cannot read
 * what that disk holds. Reads the beginning of the device; reports nothing. */
bool fs_holds_disk(struct block *);

/* True when the device is a file that holds another one: as fs_holds_disk(), or packed with gzip
 * and the like. */
bool fs_is_wrapped(struct block *);

#endif
