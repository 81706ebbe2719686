/* libFuzzer's place in a build without it: runs every input of the files and folders it is given.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test/fuzz/fuzz.h"

/* Seconds that no input may last, under sanitizers too. */
#define SECONDS 20

static unsigned inputs;

static int replay(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	size_t n = (size_t)st->st_size;
	uint8_t *data;
	FILE *f;

	(void)ftw;
	if (type != FTW_F)
		return 0;
	/* Of its own size, so that a read past its end is seen. */
	data = malloc(n != 0 ? n : 1);
	f = fopen(path, "rb");
	if (data == NULL || f == NULL || fread(data, 1, n, f) != n)
		fuzz_stop(path);
	fclose(f);
	alarm(SECONDS);
	LLVMFuzzerTestOneInput(data, n);
	alarm(0);
	free(data);
	inputs++;
	return 0;
}

int main(int argc, char **argv)
{
	LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++) {
		if (nftw(argv[i], replay, 16, FTW_PHYS) != 0)
			fuzz_stop(argv[i]);
	}
	printf("%s: %u inputs\n", argv[0], inputs);
	return inputs == 0;
}
