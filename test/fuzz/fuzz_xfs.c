/* XFS past its checksums: the input is a list of lies to tell in the fields of a valid file system
 * and of its log, which are then sealed again. */
#include "test/fuzz/xfs_lies.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	xfs_disks_load("xfs");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	struct xfs_disk *d = &xfs_disks[fuzz_take(&in, 1) % xfs_disks_count];

	xfs_disk_reset(d);
	for (unsigned i = 0; i < LIES_MOST && in.n > 0; i++) {
		struct lie lie = take_lie(&in);

		xfs_tell(d, &lie);
	}
	xfs_disk_seal(d);
	fuzz_use(&d->block, XFS_LOG_MOST);
	return 0;
}
