/* Device paths: UEFI specification, chapter 10. */
#ifndef EFI_PATH_H
#define EFI_PATH_H

#include "efi/efi.h"

/* The device path of HANDLE, borrowed; NULL when it has none. */
EFI_DEVICE_PATH *path_of(EFI_HANDLE);

/* The node after NODE, or NULL when NODE ends the path. */
EFI_DEVICE_PATH *path_next(EFI_DEVICE_PATH *node);

/* The last node before the end; NULL for an empty path. */
EFI_DEVICE_PATH *path_last(EFI_DEVICE_PATH *);

/* Bytes of all nodes before the end. */
size_t path_bytes(EFI_DEVICE_PATH *);

/* True when PATH begins with all nodes of START: START is the same device, or one above it. */
bool path_starts(EFI_DEVICE_PATH *path, EFI_DEVICE_PATH *start);

/* DEVICE, which may be NULL, followed by a file node for the '/'-separated UTF-8 path FILE, in
 * memory from mem_alloc(*BYTES); NULL when there is none. */
EFI_DEVICE_PATH *path_with_file(EFI_DEVICE_PATH *device, struct str file, size_t *bytes);

/* A path of NODE alone, in memory from mem_alloc(*BYTES); NULL when there is none. */
EFI_DEVICE_PATH *path_of_node(const EFI_DEVICE_PATH *node, size_t *bytes);

/* The URL of NODE, part of it; "" when it has none. */
struct str path_url(const EFI_DEVICE_PATH *node);

/* A path of URL alone, in memory from mem_alloc(*BYTES); NULL when there is none. */
EFI_DEVICE_PATH *path_of_url(struct str url, size_t *bytes);

#endif
