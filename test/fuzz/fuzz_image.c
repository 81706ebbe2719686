/* From superblock to file: the input is a disk, as records (offset, length, bytes) over zeros, so
 * that few bytes reach far. The first five bytes are the disk's size. */
#include <string.h>

#include "test/fuzz/fuzz.h"

#define RECORDS_MOST 256
#define ADDRESS      5 /* bytes of an offset: 1 TiB */

struct records {
	struct block block; /* first: it is our handle */
	struct report report;
	struct {
		uint64_t at;
		struct fuzz_input bytes;
	} record[RECORDS_MOST];
	unsigned count;
};

static enum status records_read(struct block *b, uint64_t offset, void *to, size_t bytes)
{
	struct records *d = (struct records *)b;

	fuzz_request();
	memset(to, 0, bytes);
	for (unsigned i = 0; i < d->count; i++) {
		uint64_t from = d->record[i].at, until = from + d->record[i].bytes.n;
		const uint8_t *p = d->record[i].bytes.p;

		if (from < offset) {
			p += offset - from < d->record[i].bytes.n ? offset - from : 0;
			from = offset;
		}
		if (until > offset + bytes)
			until = offset + bytes;
		if (from < until)
			memcpy((char *)to + (from - offset), p, (size_t)(until - from));
	}
	return OK;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct records d;
	struct fuzz_input in = {data, n};

	d = (struct records){
		.block = {.read = records_read, .name = S("disk"), .report = &d.report}};
	d.block.size = fuzz_take(&in, ADDRESS);
	while (in.n > 0 && d.count < RECORDS_MOST) {
		uint64_t at = fuzz_take(&in, ADDRESS);
		size_t length = (size_t)fuzz_take(&in, 2);

		if (length > in.n)
			length = in.n;
		d.record[d.count].at = at;
		d.record[d.count++].bytes = (struct fuzz_input){in.p, length};
		in.p += length;
		in.n -= length;
	}
	fuzz_use(&d.block, XFS_LOG_MOST);
	return 0;
}
