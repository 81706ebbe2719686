/* fs/readahead.h: any read of a device of sectors gives the device's bytes, and asks as a device
 * can be asked. */
#include <stdlib.h>

#include "fs/readahead.h"
#include "test/unit/memory.h"
#include "test/unit/test.h"

#define BYTES (2u << 20)

static struct {
	struct sectors sectors; /* first: the handle */
	struct report report;
	uint8_t *bytes;
	unsigned requests, fail_at; /* this request fails, from 1 */
	size_t asked;
} device;

/* What every driver of a firmware insists on. */
static enum status request(struct sectors *s, uint64_t sector, void *to, size_t bytes)
{
	uint64_t offset = sector * s->block.sector;

	assert_ptr_equal(s, &device.sectors);
	assert_true(bytes > 0 && bytes % s->block.sector == 0);
	assert_int_equal((uintptr_t)to % s->align, 0);
	assert_true(offset + bytes <= s->block.size);
	if (++device.requests == device.fail_at)
		return fail(s->block.report, E_IO, "the device fails");
	device.asked += bytes;
	memcpy(to, device.bytes + offset, bytes);
	return OK;
}

static void make(uint32_t sector, uint32_t align)
{
	static uint8_t *bytes;

	if (bytes == NULL) {
		bytes = malloc(BYTES);
		for (size_t i = 0; i < BYTES; i++)
			bytes[i] = (uint8_t)(i * 31 ^ i >> 9);
	}
	readahead_free();
	memset(&device, 0, sizeof(device));
	device.bytes = bytes;
	device.sectors = (struct sectors){
		.block = {.read = readahead_read,
			  .size = BYTES,
			  .name = S("disk"),
			  .report = &device.report,
			  .sector = sector},
		.request = request,
		.align = align,
	};
}

/* Reads, and finds the device's bytes between bytes of ours that nobody touched. */
static void reads(uint64_t offset, size_t bytes, size_t misaligned)
{
	uint8_t *memory = aligned_alloc(4096, (bytes + misaligned + 2 * 4096) / 4096 * 4096);
	uint8_t *to = memory + misaligned;

	memset(memory, 0xa5, bytes + misaligned + 4096);
	assert_int_equal(block_read(&device.sectors.block, offset, to, bytes), OK);
	assert_memory_equal(to, device.bytes + offset, bytes);
	for (size_t i = 0; i < misaligned; i++)
		assert_int_equal(memory[i], 0xa5);
	for (size_t i = 0; i < 4096; i++)
		assert_int_equal(to[bytes + i], 0xa5);
	free(memory);
}

static void any_range_is_read_into_any_memory(void **state)
{
	static const uint32_t sectors[] = {512, 2048, 4096};
	static const uint32_t aligns[] = {1, 4, 512, 4096};

	(void)state;
	srand(1);
	for (int i = 0; i < 12; i++) {
		make(sectors[i % 3], aligns[i / 3]);
		for (int k = 0; k < 300; k++) {
			size_t bytes = 1 + (size_t)rand() % (k % 10 == 0 ? BYTES : 9000);
			uint64_t offset = (uint64_t)rand() % (BYTES - bytes + 1);

			if (k % 3 == 0)
				offset -= offset % sectors[i % 3];
			reads(offset, bytes, (size_t)rand() % 3 * (size_t)rand() % 4096);
		}
	}
}

static void a_large_file_with_a_ragged_end_takes_two_requests(void **state)
{
	(void)state;
	make(512, 1);
	reads(0, (1u << 20) + 100, 0);
	assert_int_equal(device.requests, 2);
	assert_int_equal(device.asked, (1u << 20) + 512);
}

static void a_small_one_takes_one(void **state)
{
	(void)state;
	make(512, 1);
	reads(0, 40000, 0);
	assert_int_equal(device.requests, 1);
}

static void what_lies_behind_a_small_read_comes_with_it(void **state)
{
	(void)state;
	make(512, 1);
	reads(1024, 1024, 0);
	assert_int_equal(device.asked, 128 << 10);
	for (unsigned i = 2; i < 100; i++)
		reads(i * 1024, 1024, 0);
	assert_int_equal(device.requests, 1);
}

static void not_for_ever(void **state)
{
	(void)state;
	make(512, 1);
	for (unsigned i = 0; i < 100; i++)
		reads(i % 50 * 40960, 512, 0);
	assert_in_range(device.asked, 4 * (128 << 10) + 20 * (16 << 10),
			4 * (128 << 10) + 20 * (16 << 10) + 100 * 512);
}

static void at_the_end_of_the_device_there_is_less(void **state)
{
	(void)state;
	make(512, 1);
	reads(BYTES - 512, 512, 0);
	reads(BYTES - 1, 1, 0);
	assert_int_equal(device.requests, 1);
}

static void a_failure_ahead_is_nobodys(void **state)
{
	(void)state;
	make(512, 1);
	device.fail_at = 1; /* with what lies behind; alone it can be read */
	reads(1024, 512, 0);
	assert_int_equal(device.requests, 2);
	assert_int_equal(device.report.n, 0);
}

static void a_failure_is_told(void **state)
{
	uint8_t to[5000];

	(void)state;
	make(512, 1);
	device.fail_at = 1;
	assert_int_equal(block_read(&device.sectors.block, 1, to, sizeof(to)), E_IO);
	assert_true(device.report.n > 0);
}

static void what_was_forgotten_is_read_again(void **state)
{
	(void)state;
	make(512, 1);
	reads(0, 512, 0);
	readahead_forget();
	reads(0, 512, 0);
	assert_int_equal(device.requests, 2);
}

static void without_memory_only_whole_sectors_are_read(void **state)
{
	static _Alignas(4096) uint8_t to[8192];
	size_t budget = memory_budget;

	(void)state;
	make(512, 1);
	memory_budget = memory_used;
	assert_int_equal(block_read(&device.sectors.block, 0, to, 512), OK);
	assert_int_equal(block_read(&device.sectors.block, 1, to, 511), E_NO_MEMORY);
	memory_budget = budget;
}

static int end(void **state)
{
	(void)state;
	readahead_free();
	free(device.bytes);
	return memory_used != 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_range_is_read_into_any_memory),
		cmocka_unit_test(a_large_file_with_a_ragged_end_takes_two_requests),
		cmocka_unit_test(a_small_one_takes_one),
		cmocka_unit_test(what_lies_behind_a_small_read_comes_with_it),
		cmocka_unit_test(not_for_ever),
		cmocka_unit_test(at_the_end_of_the_device_there_is_less),
		cmocka_unit_test(a_failure_ahead_is_nobodys),
		cmocka_unit_test(a_failure_is_told),
		cmocka_unit_test(what_was_forgotten_is_read_again),
		cmocka_unit_test(without_memory_only_whole_sectors_are_read),
	};

	return cmocka_run_group_tests_name("read-ahead", tests, NULL, end);
}
