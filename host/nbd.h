/* Disk images that are not raw, read through QEMU's qemu-nbd. */
#ifndef HOST_NBD_H
#define HOST_NBD_H

#include "fs/block.h"

struct nbd_disk;

/* Starts a qemu-nbd that reads the file or, if IS_DEVICE, the block device BLOCK->name, which has
 * the format FORMAT, and sets BLOCK->size to what the guest sees. It reads the files below it, too,
 * if it has any. The caller ends with nbd_disk_close(), which ends qemu-nbd. E_IO, reported, when
 * qemu-nbd is missing or refuses. */
enum status nbd_disk_open(struct block *block, bool is_device, const char *format,
			  struct nbd_disk **);

/* Reads, as block_read() does; failures are reported in BLOCK's report. */
enum status nbd_disk_read(struct nbd_disk *, const struct block *block, uint64_t offset, void *to,
			  size_t bytes);

/* NULL is allowed. */
void nbd_disk_close(struct nbd_disk *);

#endif
