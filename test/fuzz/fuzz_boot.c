/* What is started and what is typed: the input is a program, or the keys that a person presses. */
#include <string.h>

#include "base/utf8.h"
#include "config/image/pe.h"
#include "loader/menu/edit.h"
#include "loader/menu/keys.h"
#include "test/fuzz/fuzz.h"

#define LINE 64

static struct report report;

static void use_program(struct fuzz_input in)
{
	uint8_t head[PE_HEAD];
	struct pe pe;
	struct pe_outline outline;
	size_t n = in.n < PE_HEAD ? in.n : PE_HEAD;

	(void)pe_check(in.p, n, in.n, &report, &pe);
	memcpy(head, in.p, n);
	if (pe_outline(head, n, &outline) && outline.stored > outline.used)
		fuzz_stop("a program has more in its file than in its memory");
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
	fuzz_memory_limit(0);
	if (what % 2 == 0)
		use_keys(in);
	else
		use_program(in);
	fuzz_check_report(&report);
	fuzz_memory_check();
	return 0;
}
