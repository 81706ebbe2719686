/* What a replay of the log would change on the disk: words of four bytes, by their place. */
#ifndef FS_XFS_CHANGES_H
#define FS_XFS_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct xfs_changed_sectors;

/* All zero: none. */
struct xfs_changes {
	struct arena arena;
	struct xfs_changed_sectors *sectors; /* NULL: no changes */
	size_t count;
};

/* Notes that by the transaction LSN the N bytes at byte AT of the disk are BYTES; both numbers are
 * multiples of four. False when there is no memory for that. */
bool xfs_changes_put(struct xfs_changes *, uint64_t lsn, uint64_t at, const uint8_t *bytes,
		     size_t n);

/* Makes of the N bytes TO, which were read at byte AT of the disk, what the changes make of them.
 */
void xfs_changes_apply(const struct xfs_changes *, uint64_t at, uint8_t *to, size_t n);

/* The least LSN with which a sector of the N bytes at byte AT of the disk was noted first;
 * XFS_LOOKED_AT when xfs_changes_looked() was called for them, XFS_NOT_CHANGED when there are no
 * changes in them. */
#define XFS_NOT_CHANGED UINT64_MAX
#define XFS_LOOKED_AT   (UINT64_MAX - 1)
uint64_t xfs_changes_first(const struct xfs_changes *, uint64_t at, uint64_t n);

/* Notes that what lies below the changes in the N bytes at byte AT was looked at. */
void xfs_changes_looked(struct xfs_changes *, uint64_t at, uint64_t n);

/* Forgets all changes and gives their memory back. */
void xfs_changes_free(struct xfs_changes *);

#endif
