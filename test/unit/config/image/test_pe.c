/* config/image/pe.c: the outline of a program. What pe_check() refuses is in test_plan.c. */
#include <stdlib.h>

#include "config/image/pe.h"
#include "test/unit/pe_image.h"
#include "test/unit/test.h"

#define IMAGE_SIZE  (PE_OPT_AT + 56)
#define HEADER_SIZE (PE_OPT_AT + 60)
#define DIRECTORIES (PE_OPT_AT + 108)
#define RELOCATIONS (DIRECTORIES + 4 + 5 * 8 + 4) /* their size */
#define OPT_SIZE    (PE_AT + 20)
#define SECTIONS    (PE_AT + 6)

static struct pe_outline outline;

static void put_memory(unsigned i, uint32_t at, uint32_t size)
{
	pe_put32(PE_SECTION_AT + 40 * i + 8, size);
	pe_put32(PE_SECTION_AT + 40 * i + 12, at);
}

/* A kernel whose second section has 0x500 bytes more in memory than in the file. */
static int setup(void **state)
{
	(void)state;
	pe_make_kernel();
	put_memory(0, 0x1000, 0x1000);
	put_memory(1, 0x2000, 0x2500);
	pe_put32(IMAGE_SIZE, 0x5000);
	pe_put32(HEADER_SIZE, 0x400);
	return 0;
}

static bool has_outline(void)
{
	outline = (struct pe_outline){0};
	return pe_outline(pe_image, PE_HEAD, &outline);
}

static void an_outline_reserves_memory_and_copies_nothing(void **state)
{
	static uint8_t before[PE_IMAGE_SIZE];

	(void)state;
	memcpy(before, pe_image, sizeof(before));
	assert_true(has_outline());
	assert_int_equal(outline.stored, 0x4000);
	assert_int_equal(outline.used, 0x4500);
	/* Nothing else is changed. */
	memset(before + SECTIONS, 0, 2);
	memset(before + DIRECTORIES, 0, 4);
	before[OPT_SIZE] = 112;
	assert_memory_equal(pe_image, before, sizeof(before));
}

static void a_section_of_zeros_may_come_last(void **state)
{
	(void)state;
	pe_put16(SECTIONS, 3);
	put_memory(1, 0x2000, 0x2000);
	put_memory(2, 0x4000, 0x1000);
	assert_true(has_outline());
	assert_int_equal(outline.stored, 0x4000);
	assert_int_equal(outline.used, 0x5000);
}

static void a_memory_that_is_not_the_files_has_no_outline(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
	} cases[] = {
		{PE_SECTION_AT + 12, 0x1200},          /* moved against the file */
		{PE_SECTION_AT + 8, 0x1001},           /* zeros, and file behind them */
		{PE_SECTION_AT + 40 + 12, 0x1800},     /* over the one before */
		{PE_SECTION_AT + 40 + 8, 0x3001},      /* beyond the image */
		{PE_SECTION_AT + 40 + 8, UINT32_MAX},  /* the same, and beyond 32 bits */
		{PE_SECTION_AT + 40 + 16, UINT32_MAX}, /* of the file too */
		{IMAGE_SIZE, 0x44ff},
		{IMAGE_SIZE, 0},
		{HEADER_SIZE, PE_HEAD + 1}, /* no outline holds these headers */
		{RELOCATIONS, 10},          /* it would jump to where it is not */
		{PE_AT + 4, 0x8664},        /* no sections */
		{PE_AT + 4, 0xffff8664},
		{PE_AT + 20, 111},
		{PE_AT + 20, 0xffff},
		{PE_AT, 0}, /* no program at all */
		{0x3c, PE_HEAD - 23},
		{0x3c, UINT32_MAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		static uint8_t before[PE_IMAGE_SIZE];

		setup(NULL);
		pe_put32(cases[i].at, cases[i].value);
		memcpy(before, pe_image, sizeof(before));
		assert_false(has_outline());
		assert_memory_equal(pe_image, before, sizeof(before));
	}
}

static void a_head_of_any_length_is_no_danger(void **state)
{
	(void)state;
	for (size_t n = 1; n < PE_HEAD; n++) {
		uint8_t *head = malloc(n); /* the sanitizer knows where it ends */

		assert_non_null(head);
		setup(NULL);
		memcpy(head, pe_image, n);
		assert_int_equal(pe_outline(head, n, &outline),
				 n >= PE_SECTION_AT + 80 && n >= 0x400);
		free(head);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_outline_reserves_memory_and_copies_nothing, setup),
		cmocka_unit_test_setup(a_section_of_zeros_may_come_last, setup),
		cmocka_unit_test_setup(a_memory_that_is_not_the_files_has_no_outline, setup),
		cmocka_unit_test_setup(a_head_of_any_length_is_no_danger, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
