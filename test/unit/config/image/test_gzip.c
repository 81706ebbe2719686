/* config/image/gzip.c: what is said of a kernel by the beginning and the end of its gzip file. What
 * is unpacked is in test_inflate.c, and in test/config/test_gzip.py. */
#include "config/image/gzip.h"

#include "base/crc.h"
#include "base/mem.h"
#include "config/image/pe.h"
#include "test/unit/arch.h"
#include "test/unit/fake_volume.h"
#include "test/unit/memory.h"
#include "test/unit/pe_image.h"
#include "test/unit/test.h"

#define NAME_AT   10
#define STORED_AT (NAME_AT + 8) /* behind "vmlinuz" */
#define PACKED    (STORED_AT + 5 + PE_IMAGE_SIZE + 8)

static uint8_t packed[PACKED];
static struct fake_file file = {.path = "/k", .type = FILE_REGULAR, .data = packed};
static struct report report;
static struct volume *volume;
static struct pe pe;

static void put32(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* Packs pe_image, in one block that is stored: RFC 1951, 3.2.4. */
static void pack(void)
{
	static const uint8_t head[NAME_AT] = {0x1f, 0x8b, 8, 8};

	memcpy(packed, head, sizeof(head));
	memcpy(packed + NAME_AT, "vmlinuz", 8);
	packed[STORED_AT] = 1;
	put32(packed + STORED_AT + 1, PE_IMAGE_SIZE | ~(uint32_t)PE_IMAGE_SIZE << 16);
	memcpy(packed + STORED_AT + 5, pe_image, PE_IMAGE_SIZE);
	put32(packed + PACKED - 8, ~crc32(~0u, pe_image, PE_IMAGE_SIZE));
	put32(packed + PACKED - 4, PE_IMAGE_SIZE);
	file.size = PACKED;
	file.fails = OK;
}

/* A kernel for Arm. */
static int setup(void **state)
{
	(void)state;
	test_arch = &arch_aarch64;
	pe_make_program();
	pe_put16(PE_AT + 4, 0xaa64);
	memcpy(pe_image + 0x38, "ARM\x64", 4);
	pack();
	report = (struct report){0};
	pe = (struct pe){0};
	volume = fake_volume(&file, 1, &report);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vol_close(volume);
	test_arch = &arch_x86_64;
	return 0;
}

static enum status check(void)
{
	size_t n = file.size < PE_HEAD ? (size_t)file.size : PE_HEAD;
	struct pe_file f = {packed, n, file.size, &report, volume, S("/k")};

	return test_arch->check(&f, &pe);
}

static void assert_told(const char *says)
{
	assert_int_equal(report.n, strlen(says));
	assert_memory_equal(report.text, says, report.n);
}

static void a_packed_kernel_is_known_by_its_content(void **state)
{
	(void)state;
	assert_int_equal(check(), OK);
	assert_true(pe.linux_kernel && pe.loads_initrd);
	assert_int_equal(pe.cmdline_size, 2047);
	assert_int_equal(report.n, 0);
}

static void a_kernel_that_is_not_packed_is_known_as_before(void **state)
{
	(void)state;
	memcpy(packed, pe_image, PE_IMAGE_SIZE);
	file.size = PE_IMAGE_SIZE;
	assert_int_equal(check(), OK);
	assert_true(pe.linux_kernel);
}

static void what_is_wrong_with_the_content_is_told(void **state)
{
	(void)state;
	memcpy(pe_image, "070701", 6);
	pack();
	assert_int_equal(check(), E_WRONG_TYPE);
	assert_told("is a gzip file whose content\n  is a cpio archive (an initrd?), not an EFI "
		    "program\n");
}

static void a_kernel_of_x86_is_refused_when_it_is_packed_too(void **state)
{
	(void)state;
	pe_make_kernel();
	pack();
	assert_int_equal(check(), E_UNSUPPORTED);
	assert_true(str_starts((struct str){report.text, report.n},
			       S("is a gzip file whose content\n  is for x86-64 ")));
}

static void on_x86_no_kernel_is_packed(void **state)
{
	static const char says[] = "is a gzip file";

	(void)state;
	pe_make_kernel();
	pack();
	test_arch = &arch_x86_64;
	assert_int_equal(check(), E_WRONG_TYPE);
	assert_memory_equal(report.text, says, sizeof(says) - 1);
}

static void a_content_that_is_truncated_is_told_with_both_sizes(void **state)
{
	(void)state;
	put32(packed + PACKED - 4, 9000);
	assert_int_equal(check(), E_CORRUPT);
	assert_told(
		"is a gzip file whose content\n  is truncated: its headers ask for 16384 bytes, "
		"the file has 9000\n");
}

static void an_end_that_cannot_be_is_told(void **state)
{
	(void)state;
	put32(packed + PACKED - 4, 0);
	assert_int_equal(check(), E_CORRUPT);
	assert_told("is a damaged gzip file, or was cut off: its end says that it unpacks to 0 "
		    "bytes\n");
}

static void data_that_begin_as_none_are_told(void **state)
{
	(void)state;
	packed[STORED_AT] = 7; /* a kind of block that there is not */
	assert_int_equal(check(), E_CORRUPT);
	assert_told("is a damaged gzip file: what it unpacks to has not the size and the checksum "
		    "that its end says\n");
}

static void an_end_that_cannot_be_read_is_told(void **state)
{
	(void)state;
	file.fails = E_IO;
	assert_int_equal(check(), E_IO);
	assert_told("fake: cannot read /k\n  /k: read error\n");
}

/* Only gzip_unpack() sees that a file was cut off where its bytes look like an end. */
static void every_length_of_a_file_is_refused_or_looks_whole(void **state)
{
	(void)state;
	for (size_t size = 1; size < PACKED; size += size < 300 ? 1 : 53) {
		file.size = size;
		assert_true((check() == OK) == (report.n == 0));
		report_rewind(&report, 0);
	}
}

/* Unpacks a copy of PACKED; the status, and on success the content is pe_image. */
static enum status unpack(void)
{
	size_t n = PACKED;
	void *content = mem_alloc(n);
	enum status status;

	memcpy(content, packed, n);
	status = gzip_unpack(&content, &n, &report);
	assert_int_equal(n, status == OK ? PE_IMAGE_SIZE : PACKED);
	assert_memory_equal(content, status == OK ? pe_image : packed, n);
	mem_free(content, n);
	assert_int_equal(memory_used, 0);
	return status;
}

static void a_file_in_memory_becomes_its_content(void **state)
{
	(void)state;
	assert_int_equal(unpack(), OK);
	packed[PACKED - 9] ^= 1;
	assert_int_equal(unpack(), E_CORRUPT);
}

static void no_memory_is_told(void **state)
{
	(void)state;
	memory_budget = PACKED + PE_IMAGE_SIZE - 1;
	assert_int_equal(unpack(), E_NO_MEMORY);
	memory_budget = SIZE_MAX;
	assert_told("no memory for the 16384 bytes that it unpacks to\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_packed_kernel_is_known_by_its_content),
		TEST(a_kernel_that_is_not_packed_is_known_as_before),
		TEST(what_is_wrong_with_the_content_is_told),
		TEST(a_kernel_of_x86_is_refused_when_it_is_packed_too),
		TEST(on_x86_no_kernel_is_packed),
		TEST(a_content_that_is_truncated_is_told_with_both_sizes),
		TEST(an_end_that_cannot_be_is_told),
		TEST(data_that_begin_as_none_are_told),
		TEST(an_end_that_cannot_be_read_is_told),
		TEST(every_length_of_a_file_is_refused_or_looks_whole),
		TEST(a_file_in_memory_becomes_its_content),
		TEST(no_memory_is_told),
	};

	return cmocka_run_group_tests_name("gzip", tests, NULL, NULL);
}
