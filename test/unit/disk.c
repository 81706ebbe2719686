/* A disk in memory that counts what is asked of it, and can fail. */
#include "test/unit/disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "test/unit/test.h"

static enum status disk_read(struct block *b, uint64_t offset, void *to, size_t bytes)
{
	struct memory_disk *d = (struct memory_disk *)b;

	assert_true(bytes > 0 && offset + bytes <= b->size);
	if (bytes > d->largest)
		d->largest = bytes;
	d->asked += bytes;
	if (d->requests >= d->room) {
		d->room = 2 * d->requests + 64;
		d->places = realloc(d->places, d->room * sizeof(*d->places));
		assert_non_null(d->places);
	}
	d->places[d->requests] = offset;
	if (++d->requests == d->fail_at)
		return fail(b->report, E_IO, "the disk fails");
	memcpy(to, d->bytes + offset, bytes);
	return OK;
}

struct memory_disk *disk_make(const char *commands)
{
	char dir[] = "/tmp/partless-XXXXXX", *line;
	struct memory_disk *d = calloc(1, sizeof(*d));
	struct stat st;
	FILE *f;

	assert_non_null(d);
	assert_non_null(mkdtemp(dir));
	assert_true(asprintf(&line,
			     "cd %s && PATH=$PATH:/sbin:/usr/sbin && exec >log 2>&1 && { %s; }",
			     dir, commands) > 0);
	assert_int_equal(system(line), 0);
	free(line);
	assert_true(asprintf(&line, "%s/image", dir) > 0);
	f = fopen(line, "rb");
	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	/* A private mapping: tests may scribble on it, and holes cost nothing. */
	d->bytes = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_NORESERVE, fileno(f), 0);
	assert_true(d->bytes != MAP_FAILED);
	fclose(f);
	free(line);
	assert_true(asprintf(&line, "rm -r %s", dir) > 0);
	assert_int_equal(system(line), 0);
	free(line);
	d->block = (struct block){.read = disk_read,
				  .size = (uint64_t)st.st_size,
				  .name = S("disk"),
				  .report = &d->report};
	return d;
}

void disk_free(struct memory_disk *d)
{
	munmap(d->bytes, d->block.size);
	free(d->places);
	free(d);
}

static int by_place(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

bool disk_reads_once(struct memory_disk *d)
{
	qsort(d->places, d->requests, sizeof(*d->places), by_place);
	for (unsigned i = 1; i < d->requests; i++) {
		if (d->places[i] == d->places[i - 1])
			return false;
	}
	return true;
}

bool disk_said(const struct memory_disk *d, const char *text)
{
	return memmem(d->report.text, d->report.n, text, strlen(text)) != NULL;
}
