/* What the tests of loader/plan.c share: a disk with a kernel, initrds, and other files. */
#ifndef TEST_UNIT_LOADER_PLAN_FIXTURE_H
#define TEST_UNIT_LOADER_PLAN_FIXTURE_H

#include "loader/plan.h"
#include "test/unit/fake_volume.h"
#include "test/unit/pe_image.h"
#include "test/unit/test.h"

static struct report report;
static struct volume *volume;
static struct plan plan;

static struct fake_file files[] = {
	{.path = "/k", .type = FILE_REGULAR, .data = pe_image, .size = PE_IMAGE_SIZE},
	{.path = "/five", .type = FILE_REGULAR, .data = "12345", .size = 5},
	{.path = "/four", .type = FILE_REGULAR, .data = "abcd", .size = 4},
	{.path = "/empty", .type = FILE_REGULAR},
	{.path = "/huge", .type = FILE_REGULAR, .size = INITRD_MAX - 4},
	{.path = "/endless", .type = FILE_REGULAR, .size = UINT64_MAX},
	{.path = "/folder", .type = FILE_DIRECTORY, .size = 4096},
	{.path = "/tty", .type = FILE_SPECIAL},
	{.path = "/bad", .fails = E_IO},
	{.path = "/cpio", .type = FILE_REGULAR, .data = "07070100", .size = 8},
	{.path = "/other", .type = FILE_REGULAR, .size = 4096},
};

/* Before each test: files[0] is a good kernel, and the report is empty. */
static int setup(void **state)
{
	(void)state;
	pe_make_kernel();
	files[0].size = PE_IMAGE_SIZE;
	files[0].fails = OK;
	report = (struct report){0};
	plan = (struct plan){0};
	volume = fake_volume(files, sizeof(files) / sizeof(*files), &report);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vol_close(volume);
	return 0;
}

/* An entry that starts KERNEL, with one initrd unless INITRD is NULL. */
static struct entry kernel_entry(const char *kernel, const char *initrd)
{
	struct entry e = {.title = S("A"), .kernel = str_of(kernel), .volume = volume};

	if (initrd != NULL)
		e.initrd[e.initrds++] = str_of(initrd);
	return e;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
