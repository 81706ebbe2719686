/* Past the checksums: the input is a list of lies to tell in the named fields of a valid file
 * system, which is then sealed again. */
#include "test/fuzz/ext_lies.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_disks_load("");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	struct fuzz_disk *d = &fuzz_disks[fuzz_take(&in, 1) % fuzz_disks_count];

	fuzz_disk_reset(d);
	for (unsigned i = 0; i < LIES_MOST && in.n > 0; i++) {
		struct lie lie = take_lie(&in);

		ext_tell(d, &lie);
	}
	fuzz_disk_seal(d);
	fuzz_use(&d->block, JOURNAL_MOST);
	return 0;
}
