/* Disk images of the host, and the partitions on them. */
#ifndef HOST_IMAGE_H
#define HOST_IMAGE_H

#include "fs/partition.h"

struct image;

/* What --format takes, and its help. */
#define IMAGE_FORMAT_HELP \
	"The image's format, such as qcow2, which qemu-nbd then reads (raw); it is never guessed"
extern const char image_formats[];

/* True when there is a format NAME that can be read. */
bool image_format_known(const char *name);

/* Opens an image file or block device read-only. "NAME#2" means partition 2 of NAME, unless there
 * is a file of that name. FORMAT is one that image_format_known() knows; NULL is raw. A format is
 * never guessed: whoever writes a raw disk could make it look like another, one that refers to
 * files of the host. The report and NAME, which becomes the block's name, must outlive the image;
 * the caller ends with image_close(). E_IO when it cannot be opened, E_NOT_FOUND when it has no
 * such partition; both are reported. */
enum status image_open(const char *name, const char *format, struct report *, struct image **);
void image_close(struct image *);

/* True when both are the same file or device, unless they are two partitions of it. */
bool image_is_same(const struct image *, const struct image *);

/* What the image's name means: partition number *PARTITION or, when that is 0, the whole disk. The
 * image owns it. */
struct block *image_block(struct image *, unsigned *partition);

/* The partitions of the disk, *COUNT of them, owned by the image; none when the image is itself a
 * partition. Fails as partitions_read() does, but a disk without a partition table is OK. */
enum status image_partitions(struct image *, struct partition **, unsigned *count);

/* Reports the names of the disk's partitions, so that a person can name one instead. When the image
 * is itself a partition, reports the others. */
void image_report_partitions(struct image *);

/* Remarks that a running QEMU may write to the image, if so: what was read may be half-written. */
void image_report_in_use(struct image *);

#endif
