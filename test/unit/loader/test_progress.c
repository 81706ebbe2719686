/* loader/progress.c: what a slow disk has told on the console, and how much is asked of it at once.
 */
#include "fs/block.h"
#include "fs/volume.h"
#include "loader/progress.h"
#include "test/unit/console.h"
#include "test/unit/test.h"

#define MIB (1u << 20)

static struct report report;

/* A disk that reads BYTES_MS bytes in a millisecond, and one file on it that is all of it. */
static struct {
	struct block block;
	struct volume volume;
	uint64_t bytes_ms;
	unsigned requests, fails_at; /* that request, from 1 */
	size_t largest;
	bool ragged; /* a request did not begin where a sector of 4096 bytes does */
	bool pays_later;
	uint64_t owed; /* milliseconds, that the next request waits for */
} disk;

/* Milliseconds that a request takes. A host that holds a guest to a rate lets a request pass, and
 * makes the next one wait for it. */
static uint64_t ms_of_request(size_t bytes)
{
	uint64_t ms = disk.pays_later ? disk.owed : bytes / disk.bytes_ms;

	disk.owed = bytes / disk.bytes_ms;
	return ms;
}

static enum status disk_read(struct block *b, uint64_t offset, void *to, size_t bytes)
{
	uint64_t ms = ms_of_request(bytes);

	(void)b, (void)to;
	disk.ragged |= offset % 4096 != 0;
	if (++disk.requests == disk.fails_at)
		return fail(&report, E_IO, "it fails");
	disk.largest = bytes > disk.largest ? bytes : disk.largest;
	console_pass(ms);
	progress_saw(bytes, ms * (clock_tenth() / 100));
	return OK;
}

static enum status file_read(struct volume *v, struct str path, uint64_t offset, void *to,
			     size_t bytes)
{
	(void)v, (void)path;
	return block_read(&disk.block, offset, to, bytes);
}

static void start(uint64_t bytes_ms)
{
	static const struct volume_ops ops = {.read = file_read};

	report = (struct report){0};
	memset(&disk, 0, sizeof(disk));
	disk.bytes_ms = bytes_ms;
	disk.block = (struct block){
		.read = disk_read, .size = UINT64_MAX, .name = S("disk"), .report = &report};
	disk.volume = (struct volume){.ops = &ops, .name = S("disk"), .report = &report};
	console_script(80, 25, NULL, 0);
	/* What was seen of it on the way to the file. */
	for (int i = 0; i < 40; i++)
		progress_saw(128 << 10, (128u << 10) * (clock_tenth() / 100) / bytes_ms);
}

/* Nothing is written to where it is read to: the disk has no bytes. */
static enum status read_file(const char *path, uint64_t size)
{
	return progress_read(&disk.volume, str_of(path), size, 0, NULL, size);
}

static void a_fast_disk_is_asked_once_and_nothing_is_told(void **state)
{
	(void)state;
	start(600000); /* 600 MB/s */
	assert_int_equal(read_file("/boot/vmlinuz", 14 * MIB), OK);
	assert_int_equal(read_file("/boot/initrd.img", 1 * MIB), OK);
	assert_int_equal(disk.requests, 2);
	assert_string_equal(console_log, "");
}

static void a_large_file_costs_a_fast_disk_a_few_requests(void **state)
{
	(void)state;
	start(600000);
	assert_int_equal(read_file("/boot/initrd.img", 128 * MIB), OK);
	assert_in_range(disk.requests, 1, 4);
	assert_string_equal(console_log, "");
}

static void a_slow_file_has_a_line_that_is_rewritten_and_ended(void **state)
{
	const char *line = console_log;
	unsigned last = 0, lines = 0;

	(void)state;
	start(4000); /* 4 MB/s */
	assert_int_equal(read_file("/boot/initrd.img-6.1", 85 * MIB), OK);
	for (; *line != '\n'; lines++) {
		unsigned percent;
		int n = 0;

		line += *line == '\r';
		assert_int_equal(
			sscanf(line, "/boot/initrd.img-6.1: %u %% of 85 MiB%n", &percent, &n), 1);
		assert_true(n > 0);
		assert_true(percent > last || lines == 0);
		last = percent;
		line += n;
	}
	assert_string_equal(line, "\n");
	assert_int_equal(last, 100);
	/* 22 seconds, and not more than four times in one. */
	assert_in_range(lines, 22, 89);
	assert_in_range(disk.largest, 256 << 10, 2 * MIB);
}

static void the_line_comes_after_a_second(void **state)
{
	(void)state;
	start(4000);
	assert_int_equal(read_file("/k", 3900000), OK);
	assert_string_equal(console_log, "");
	start(4000);
	assert_int_equal(read_file("/k", 6000000), OK);
	assert_memory_equal(console_log, "/k: ", 4);
}

static void a_disk_that_becomes_slow_is_asked_for_less(void **state)
{
	(void)state;
	start(600000);
	disk.bytes_ms = 8000;
	assert_int_equal(read_file("/k", 200 * MIB), OK);
	assert_in_range(disk.requests, 60, 200);
	assert_non_null(strstr(console_log, "/k: 100 % of 200 MiB\n"));
}

/* The end of a file that is no whole sector is a request of its own. */
static void the_end_of_a_file_may_pay_for_the_rest_of_it(void **state)
{
	unsigned told = 0;
	size_t n;

	(void)state;
	start(600000);
	disk.bytes_ms = 4000;
	disk.pays_later = true;
	assert_int_equal(read_file("/kernel", 14 * MIB), OK);
	assert_int_equal(block_read(&disk.block, 14 * MIB, NULL, 3000), OK);
	n = strlen(console_log);
	assert_int_equal(read_file("/initrd", 12 * MIB), OK);
	for (const char *at = console_log + n; (at = strstr(at, "/initrd: ")) != NULL; at++)
		told++;
	assert_in_range(told, 4, 13);
}

static void a_request_that_takes_long_is_told_while_it_does(void **state)
{
	(void)state;
	start(600000);
	disk.bytes_ms = 2000;
	assert_int_equal(read_file("/k", 14 * MIB), OK); /* 7 seconds, all in the first request */
	assert_int_equal(disk.requests, 1);
	assert_string_equal(console_log, "/k: 0 % of 14 MiB\r/k: 100 % of 14 MiB\n");
}

static void a_failure_ends_the_line(void **state)
{
	size_t n;

	(void)state;
	start(1000);
	disk.fails_at = 30;
	assert_int_equal(read_file("/k", 100 * MIB), E_IO);
	n = strlen(console_log);
	assert_true(n > 0 && console_log[n - 1] == '\n');
	assert_null(strstr(console_log, "100 %"));
	/* And nothing of it is left to end. */
	progress_stop();
	assert_int_equal(strlen(console_log), n);
}

static void a_file_read_in_parts_is_one(void **state)
{
	(void)state;
	start(4000);
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(progress_read(&disk.volume, S("/initrd"), 20 * MIB,
					       (uint64_t)i * MIB, NULL, MIB),
				 OK);
	assert_non_null(strstr(console_log, "\r/initrd: 100 % of 20 MiB\n"));
	/* Every change but the first begins the line anew. */
	assert_null(strstr(console_log, "MiB/"));
}

static void parts_that_never_come_leave_no_line_open(void **state)
{
	size_t n;

	(void)state;
	start(1000);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(progress_read(&disk.volume, S("/initrd"), 20 * MIB,
					       (uint64_t)i * MIB, NULL, MIB),
				 OK);
	n = strlen(console_log);
	assert_true(n > 0 && console_log[n - 1] != '\n');
	progress_stop();
	assert_string_equal(console_log + n, "\n");
}

static void a_line_that_was_ended_for_another_goes_on_in_a_new_one(void **state)
{
	size_t n;

	(void)state;
	start(1000);
	for (unsigned i = 0; i < 20; i++) {
		if (i == 5)
			progress_stop();
		n = strlen(console_log);
		assert_int_equal(progress_read(&disk.volume, S("/initrd"), 20 * MIB,
					       (uint64_t)i * MIB, NULL, MIB),
				 OK);
		if (i == 5)
			assert_memory_equal(console_log + n - 1, "\n/initrd: ", 10);
	}
	assert_non_null(strstr(console_log, "\r/initrd: 100 % of 20 MiB\n"));
}

static void a_path_steers_nothing_and_stays_in_its_line(void **state)
{
	static char path[3000];

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	memcpy(path, "/\x1b[2J\n", 6);
	start(4000);
	assert_int_equal(read_file(path, 8 * MIB), OK);
	assert_memory_equal(console_log, "/?[2J?xxxx", 10);
	assert_in_range(strcspn(console_log, "\r\n"), 40, 79);
}

static void what_is_read_otherwise_is_not_cut(void **state)
{
	(void)state;
	start(1000);
	assert_int_equal(block_read(&disk.block, 0, NULL, 100 * MIB), OK);
	assert_int_equal(disk.requests, 1);
	assert_string_equal(console_log, "");
}

static void pieces_end_where_sectors_do(void **state)
{
	(void)state;
	start(8000);
	progress_saw(100 * 1024 + 512,
		     13 * (clock_tenth() / 100)); /* of a disk with smaller ones */
	assert_int_equal(read_file("/k", 20 * MIB), OK);
	assert_true(disk.requests > 1);
	assert_false(disk.ragged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fast_disk_is_asked_once_and_nothing_is_told),
		cmocka_unit_test(a_large_file_costs_a_fast_disk_a_few_requests),
		cmocka_unit_test(a_slow_file_has_a_line_that_is_rewritten_and_ended),
		cmocka_unit_test(the_line_comes_after_a_second),
		cmocka_unit_test(a_disk_that_becomes_slow_is_asked_for_less),
		cmocka_unit_test(the_end_of_a_file_may_pay_for_the_rest_of_it),
		cmocka_unit_test(a_request_that_takes_long_is_told_while_it_does),
		cmocka_unit_test(a_failure_ends_the_line),
		cmocka_unit_test(a_file_read_in_parts_is_one),
		cmocka_unit_test(parts_that_never_come_leave_no_line_open),
		cmocka_unit_test(a_line_that_was_ended_for_another_goes_on_in_a_new_one),
		cmocka_unit_test(a_path_steers_nothing_and_stays_in_its_line),
		cmocka_unit_test(what_is_read_otherwise_is_not_cut),
		cmocka_unit_test(pieces_end_where_sectors_do),
	};

	return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
