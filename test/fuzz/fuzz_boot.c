/* What is started and what is typed: the input is a program, a packed one, or the keys that a
 * person presses. */
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "config/image/gzip.h"
#include "config/image/pe.h"
#include "loader/menu/edit.h"
#include "loader/menu/keys.h"
#include "test/fuzz/fuzz.h"

#define LINE 64

/* Bytes that are unpacked at most. */
#define PACKED_ROOM 100000

static struct report report;

static void use_program(struct fuzz_input in)
{
	uint8_t head[PE_HEAD];
	struct pe pe;
	struct pe_outline outline;
	size_t n = in.n < PE_HEAD ? in.n : PE_HEAD;

	(void)pe_check(&(struct pe_file){in.p, n, in.n, &report, NULL, S("")}, &pe);
	memcpy(head, in.p, n);
	if (pe_outline(head, n, &outline) && outline.stored > outline.used)
		fuzz_stop("a program has more in its file than in its memory");
}

/* In memory of its own, as the loader has the file; and with an end that does not matter, which a
 * fuzzer would not get right: the checksum, and a size that leaves some room. */
static void use_packed(struct fuzz_input in)
{
	size_t n = in.n;
	void *file = mem_alloc(n);
	uint8_t *p = file;

	if (file == NULL)
		return;
	memcpy(file, in.p, n);
	if (gzip_is(file, n)) {
		put_number(p + n - 4, 4, get_number(p + n - 4, 4) % PACKED_ROOM);
		(void)gzip_unpack(&file, &n, &report);
	}
	mem_free(file, n);
}

static void edit(struct edit *e, uint32_t key)
{
	if (key != 0)
		edit_key(e, key);
	if (e->n > e->capacity || e->cursor > e->n)
		fuzz_stop("the line editor left its buffer");
}

/* Keys as a serial line brings them: with pauses, and any character. */
static void use_keys(struct fuzz_input in)
{
	struct key_decoder d = {0};
	char text[LINE];
	struct edit e;

	edit_begin(&e, text, sizeof(text), (struct str){(const char *)in.p, in.n / 2});
	while (in.n > 0) {
		uint32_t c = (uint32_t)fuzz_take(&in, 1);

		if (c == 0 && key_pending(&d))
			edit(&e, key_flush(&d));
		else
			edit(&e, key_feed(&d, c == 0xff ? (uint32_t)fuzz_take(&in, 4) : c));
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fuzz_input in = {data, n};
	uint64_t what = fuzz_take(&in, 1);

	report = (struct report){0};
	fuzz_memory_limit(what % 4 == 3 ? n + PACKED_ROOM : 0);
	if (what % 2 == 0)
		use_keys(in);
	else if (what % 4 == 1)
		use_program(in);
	else
		use_packed(in);
	fuzz_check_report(&report);
	fuzz_memory_check();
	return 0;
}
