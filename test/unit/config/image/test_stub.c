/* config/image/stub.c: what a kernel measures, from the texts in it. */
#include "config/image/stub.h"

#include <string.h>

#include "test/unit/test.h"

#define OPTIONS "LOADED_IMAGE::LoadOptions"
#define INITRD  "Linux initrd"

static char file[4096];

/* A kernel with TEXT, its NUL included, at AT. */
static struct stub find(size_t at, const char *text)
{
	memset(file, 'L', sizeof(file));
	memcpy(file + at, text, strlen(text) + 1);
	return stub_find(file, sizeof(file));
}

static void an_old_kernel_measures_nothing(void **state)
{
	const struct stub stub = find(100, "Linux version 5.10");

	(void)state;
	assert_false(stub.options || stub.initrd || stub.cc);
}

static void a_newer_one_measures_its_initrd(void **state)
{
	const struct stub stub = find(0, INITRD);

	(void)state;
	assert_true(stub.initrd);
	assert_false(stub.options || stub.cc);
}

static void the_text_may_be_the_files_end(void **state)
{
	(void)state;
	assert_true(find(sizeof(file) - sizeof(OPTIONS), OPTIONS).options);
	assert_true(find(sizeof(file) - sizeof(INITRD), INITRD).initrd);
}

static void a_longer_text_is_another(void **state)
{
	(void)state;
	assert_false(find(10, INITRD "s").initrd);
	assert_false(find(10, OPTIONS "Size").options);
}

static void half_the_guid_shows_the_protocol(void **state)
{
	static const uint8_t guid[] = {0x3d, 0x1a, 0x75, 0x96, 0xf4, 0x72, 0xa6, 0x41};

	(void)state;
	memset(file, 0, sizeof(file));
	memcpy(file + 1001, guid, sizeof(guid));
	assert_false(stub_find(file, sizeof(file)).cc); /* some driver has it */
	memcpy(file + 50, INITRD, sizeof(INITRD));
	assert_true(stub_find(file, sizeof(file)).cc);
}

static void a_short_file_holds_nothing(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(INITRD); n++)
		assert_false(stub_find(INITRD, n).initrd);
	assert_true(stub_find(INITRD, sizeof(INITRD)).initrd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_old_kernel_measures_nothing),
		cmocka_unit_test(a_newer_one_measures_its_initrd),
		cmocka_unit_test(the_text_may_be_the_files_end),
		cmocka_unit_test(a_longer_text_is_another),
		cmocka_unit_test(half_the_guid_shows_the_protocol),
		cmocka_unit_test(a_short_file_holds_nothing),
	};

	return cmocka_run_group_tests_name("stub", tests, NULL, NULL);
}
