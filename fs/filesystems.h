/* Which file system is on this device? */
#ifndef FS_FILESYSTEMS_H
#define FS_FILESYSTEMS_H

#include <stdbool.h>

#include "base/status.h"
#include "base/str.h"

struct block;
struct volume;

/* Opens the file system that fills the device BLOCK, which must outlive the volume. E_NOT_FOUND
 * when there is none that we read, and the report says what is there instead, as far as that can be
 * told (a partition table, LVM, XFS, nothing but zeros); E_UNSUPPORTED, E_CORRUPT, E_IO and
 * E_NO_MEMORY as the file system's own code reports them. The caller ends with vol_close(). */
enum status fs_open(struct block *, struct volume **);

/* As fs_open(), but E_NOT_FOUND after one small read where no superblock is at its place: nobody
 * looks what is there instead, nor for a copy of it. */
enum status fs_open_quickly(struct block *, struct volume **);

/* True when Linux may have its root file system on the device BLOCK although fs_open() says
 * E_NOT_FOUND: there is another file system, something encrypted or in layers, or what nobody
 * knows. *WHAT says what it is, without advice. Reads the beginning of the device; reports nothing.
 */
bool fs_may_be_root(struct block *, struct str *what);

/* True when the device is a file in which QEMU keeps a disk, qcow2 and the like: what that disk
 * holds cannot be told. Reads the beginning of the device; reports nothing. */
bool fs_holds_disk(struct block *);

/* True when the device is a file that holds another one: as fs_holds_disk(), or packed with gzip
 * and the like. */
bool fs_is_wrapped(struct block *);

#endif
