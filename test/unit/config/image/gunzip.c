/* Unpacks gzip files for test/config/test_gzip.py, which compares them:
 *
 *     gunzip <FILE          writes the content, or why there is none; then the exit code is 1
 *     gunzip each <FILES    takes many files, with the size of each in four bytes before it; writes
 * a line for each: the content's size and sum, or why there is none
 */
#include <stdlib.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "base/mem.h"
#include "config/image/gzip.h"
#include "test/unit/test.h"

#define INPUT_MAX (64u << 20)

static struct report report;

/* Unpacks the N bytes at P. Returns what gzip_unpack() made of them, or NULL with a reason. */
static char *unpack(const char *p, size_t n, size_t *made)
{
	void *file = mem_alloc(n);

	memcpy(file, p, n);
	*made = n;
	report = (struct report){0};
	if (!gzip_is(file, n))
		note(&report, "is no gzip file");
	else if (gzip_unpack(&file, made, &report) == OK)
		return file;
	assert_int_equal(*made, n);
	assert_memory_equal(file, p, n);
	mem_free(file, n);
	return NULL;
}

static int unpack_one(const char *p, size_t n)
{
	size_t made;
	char *content = unpack(p, n, &made);

	if (content == NULL) {
		fwrite(report.text, 1, report.n, stdout);
		return 1;
	}
	fwrite(content, 1, made, stdout);
	mem_free(content, made);
	return 0;
}

static void unpack_each(const char *p, const char *end)
{
	while (p < end) {
		size_t n = get_le32(*(const le32 *)p), made;
		char *content;

		p += 4;
		assert_true(n <= (size_t)(end - p));
		content = unpack(p, n, &made);
		p += n;
		if (content == NULL) {
			fwrite(report.text, 1, report.n, stdout);
			continue;
		}
		printf("%zu %08x\n", made, ~crc32(~0u, content, made));
		mem_free(content, made);
	}
}

int main(int argc, char **argv)
{
	char *input = malloc(INPUT_MAX);
	size_t n = fread(input, 1, INPUT_MAX, stdin);
	int code = 0;

	(void)argv;
	if (argc == 1)
		code = unpack_one(input, n);
	else
		unpack_each(input, input + n);
	free(input);
	return code;
}
