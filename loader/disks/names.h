/* The names and numbers of the disks, for people and for Linux. */
#ifndef LOADER_DISKS_NAMES_H
#define LOADER_DISKS_NAMES_H

#include "loader/loader.h"

/* The disk of a partition is not known: given as its number. */
#define NAMES_NO_DISK (~0u)

/* Names the disks and partitions ("virtio disk 2" is the second one on virtio, and "virtio disk 2,
 * partition 1" lies on it), and tells which bus they are on and which place Linux gives them among
 * the disks that it names alike. Given are l->disks in the firmware's order, each with its block,
 * number, partition, link, virtio and controller, and a whole disk's serial number; a partition
 * gets that of its disk. OWN is the disk that the loader came from, which is not among them and
 * which Linux counts too; NULL: none. Fails only with E_NO_MEMORY, reported. */
enum status names_give(struct loader *, const struct disk *own);

#endif
