/* The names and numbers of the disks, for people and for Linux. */
#ifndef LOADER_DISKS_NAMES_H
#define LOADER_DISKS_NAMES_H

#include "loader/loader.h"

/* The number of a partition whose disk is not known. */
#define NAMES_NO_DISK (~0u)

/* Names the disks and partitions ("virtio disk 2" is the second one on virtio, and "virtio disk 2,
 * partition 1" lies on it), and sets their bus and the place that Linux gives them on it. The
 * caller gives l->disks in the firmware's order, each with its block, number, partition, link,
 * virtio and controller, and a whole disk with its serial number, which its partitions get too. OWN
 * is the disk that the loader came from: it is not among them, but Linux counts it; NULL: none.
 * Fails only with E_NO_MEMORY, reported. */
enum status names_give(struct loader *, const struct disk *own);

#endif
