/* A guest's flash, read by the command: the input is the file or, if its first byte is odd, what
 * follows the header of a sound firmware volume. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "host/varstore.h"
#include "loader/vendors.h"
#include "test/fuzz/fuzz.h"

/* Bytes of memory that no input needs: the file once, a name three bytes for two, the rest. */
#define MEMORY_MOST ((size_t)4 << 20)

#define VOLUME_HEADER 72

struct flash_file {
	struct block block; /* first: it is our handle */
	struct report report;
	const uint8_t *p;
};

static enum status flash_file_read(struct block *b, uint64_t offset, void *to, size_t bytes)
{
	memcpy(to, ((const struct flash_file *)b)->p + offset, bytes);
	return OK;
}

/* Writes the header of a firmware volume of SIZE bytes, as OVMF has it. */
static void put_header(uint8_t *p, size_t size)
{
	static const uint8_t guid[GUID_BYTES] = {0x8d, 0x2b, 0xf1, 0xff, 0x96, 0x76, 0x8b, 0x4c,
						 0xa9, 0x85, 0x27, 0x47, 0x07, 0x5b, 0x4f, 0x50};
	uint32_t sum = 0;

	memset(p, 0, VOLUME_HEADER);
	memcpy(p + 16, guid, sizeof(guid));
	put_number(p + 32, 8, size);
	memcpy(p + 40, "_FVH", 4);
	put_le16(p + 48, VOLUME_HEADER);
	p[55] = 2;
	for (size_t i = 0; i < VOLUME_HEADER; i += 2)
		sum += (uint32_t)get_number(p + i, 2);
	put_le16(p + 50, 0x10000 - (sum & 0xffff));
}

/* Every variable can be found by its name, which is text. */
static void use(const struct varstore *s)
{
	unsigned total = 0;

	for (const struct variable *v = varstore_first(s); v != NULL; v = v->next) {
		struct str rest = v->name;
		uint32_t c;

		for (size_t n = 1; n > 0 && rest.n > 0; rest = str_skip(rest, n))
			n = utf8_decode(rest, &c);
		if (v->name.n == 0 || rest.n > 0)
			fuzz_stop("a name is no text");
		if (varstore_get(s, v->vendor, v->name) != v)
			fuzz_stop("a variable is not found by its name");
		for (size_t i = 0; i < v->data.n; i++)
			total += (uint8_t)v->data.p[i];
	}
	if (total == 1u << 31)
		fuzz_stop("there is no so large input");
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct flash_file f;
	size_t header = n > 0 && data[0] % 2 != 0 ? VOLUME_HEADER : 0, size;
	struct varstore *s = NULL;
	uint8_t *p;

	if (n == 0)
		return 0;
	size = header + n - 1;
	p = malloc(size + 1);
	if (p == NULL)
		fuzz_stop("no memory for the input");
	memcpy(p + header, data + 1, n - 1);
	if (header != 0)
		put_header(p, size);
	f = (struct flash_file){
		.block = {.read = flash_file_read, .size = size, .name = S("flash")}, .p = p};
	f.block.report = &f.report;
	fuzz_memory_limit(MEMORY_MOST);
	if (varstore_decode(&f.block, &s) == OK)
		use(s);
	else if (f.report.n == 0)
		fuzz_stop("a failure went without a word");
	fuzz_check_report(&f.report);
	varstore_close(s);
	fuzz_memory_check();
	free(p);
	return 0;
}
