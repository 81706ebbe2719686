/* Disk images of the host, and the partitions on them. */
#ifndef HOST_IMAGE_H
#define HOST_IMAGE_H

#include "fs/partition.h"

struct image;

/* Opens an image file or block device read-only. "NAME#2", where no file is called that, is
 * partition 2 of NAME. The report and NAME, which becomes the device's name, must outlive it;
 * image_close() ends it. E_IO, reported, when it cannot be opened; E_NOT_FOUND when it has no such
 * partition. */
enum status image_open(const char *name, struct report *, struct image **);
void image_close(struct image *);

/* True when both are the same file or device, or lie on it, but for two partitions of it. */
bool image_is_same(const struct image *, const struct image *);

/* What the name stands for: the whole disk, or the partition with the number *PARTITION, 0 for the
 * disk. */
struct block *image_block(struct image *, unsigned *partition);

/* The partitions of the whole disk, owned by the image; none when the name is a partition's. As
 * partitions_read(), but OK when there is no table. */
enum status image_partitions(struct image *, struct partition **, unsigned *count);

/* Says in the report how the partitions are called that this disk has, if any: of a partition those
 * beside it. */
void image_tell_partitions(struct image *);

/* Says in the report when a running QEMU may write to it: what is read may be half-written. */
void image_tell_in_use(struct image *);

#endif
