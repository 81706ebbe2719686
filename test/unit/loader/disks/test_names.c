/* loader/disks/names.c: what a disk is called, by people and by Linux. */
#include "loader/disks/names.h"

#include "fs/block.h"
#include "loader/disks/linux_name.h"
#include "test/unit/memory.h"
#include "test/unit/test.h"

#define MANY 6

static struct report report;
static struct block blocks[MANY];
static struct disk disks[MANY];
static struct loader loader;

static int setup(void **state)
{
	(void)state;
	report = (struct report){0};
	memset(blocks, 0, sizeof(blocks));
	memset(disks, 0, sizeof(disks));
	loader = (struct loader){.report = &report, .disks = disks};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&loader.arena);
	return 0;
}

/* Adds D, which has the next number unless it is a partition. */
static struct disk *add(struct disk d)
{
	struct disk *to = &disks[loader.count];

	for (unsigned i = 0; d.partition == 0 && i < loader.count; i++)
		d.number += disks[i].partition == 0;
	d.block = &blocks[loader.count++];
	*to = d;
	return to;
}

static void give(const struct disk *own)
{
	assert_int_equal(names_give(&loader, own), OK);
}

static void is_called(const struct disk *d, const char *name)
{
	assert_int_equal(d->block->name.n, strlen(name));
	assert_memory_equal(d->block->name.p, name, strlen(name));
}

static void linux_calls(const struct disk *d, const char *name, bool sure)
{
	char buf[LINUX_NAME_BYTES];
	struct str is = linux_name(d, buf);

	assert_int_equal(is.n, strlen(name));
	assert_memory_equal(is.p, name, is.n);
	assert_int_equal(d->linux_sure, sure);
}

static void a_disk_is_named_after_its_bus_and_counted_on_it(void **state)
{
	struct disk *a = add((struct disk){.virtio = true}), *b = add((struct disk){0}),
		    *c = add((struct disk){.link = LINK_SATA}),
		    *d = add((struct disk){.link = LINK_SCSI, .virtio = true}),
		    *e = add((struct disk){.link = LINK_SCSI}),
		    *f = add((struct disk){.link = LINK_SATA});

	(void)state;
	give(NULL);
	is_called(a, "virtio disk 1");
	is_called(b, "other disk 1");
	is_called(c, "SATA disk 1");
	is_called(d, "virtio disk 2"); /* of virtio-scsi */
	is_called(e, "SCSI disk 1");
	is_called(f, "SATA disk 2");
}

static void a_partition_is_named_after_its_disk_and_shares_what_it_has(void **state)
{
	struct disk *p = add((struct disk){.partition = 2, .number = 1, .virtio = true}), *d;

	(void)state;
	add((struct disk){.virtio = true, .controller = 1});
	d = add((struct disk){.virtio = true, .controller = 2, .serial = S("S2")});
	give(NULL);
	is_called(d, "virtio disk 2");
	is_called(p, "virtio disk 2, partition 2");
	assert_int_equal(p->number, 1);
	assert_true(str_eq(p->serial, S("S2")));
	linux_calls(p, "/dev/vdb2", true);
}

static void a_partition_of_a_disk_that_is_not_known_has_a_name(void **state)
{
	struct disk *p = add((struct disk){.partition = 3, .number = NAMES_NO_DISK});

	(void)state;
	give(NULL);
	is_called(p, "disk, partition 3");
	assert_int_equal(p->number, 0);
	linux_calls(p, "", false);
}

static void linux_counts_virtio_disks_by_their_controllers(void **state)
{
	struct disk *a = add((struct disk){.virtio = true, .controller = 30}),
		    *b = add((struct disk){.virtio = true, .controller = 10}),
		    *c = add((struct disk){.virtio = true});

	(void)state;
	give(NULL);
	linux_calls(a, "/dev/vdc", true);
	linux_calls(b, "/dev/vdb", true);
	linux_calls(c, "/dev/vda", false); /* its place is not known */
}

static void linux_counts_the_disk_that_the_loader_came_from(void **state)
{
	struct disk *a = add((struct disk){.virtio = true, .controller = 20});
	struct disk own = {.virtio = true, .controller = 10};

	(void)state;
	give(&own);
	is_called(a, "virtio disk 1");
	linux_calls(a, "/dev/vdb", true);
}

static void the_loaders_disk_on_another_bus_does_not_count(void **state)
{
	struct disk *a = add((struct disk){.virtio = true, .controller = 20});
	struct disk own = {.link = LINK_USB, .controller = 10};

	(void)state;
	give(&own);
	linux_calls(a, "/dev/vda", true);
}

static void linux_names_a_disk_of_virtio_scsi_as_a_scsi_disk(void **state)
{
	struct disk *a = add((struct disk){.link = LINK_SATA, .controller = 1}),
		    *b = add((struct disk){.link = LINK_SCSI, .virtio = true, .controller = 2});

	(void)state;
	give(NULL);
	linux_calls(a, "/dev/sda", false);
	linux_calls(b, "/dev/sdb", false);
}

static void the_name_of_an_nvme_disk_is_sure_only_when_it_is_alone(void **state)
{
	struct disk *a = add((struct disk){.link = LINK_NVME, .controller = 1});

	(void)state;
	give(NULL);
	linux_calls(a, "/dev/nvme0n1", true);
	add((struct disk){.link = LINK_NVME, .controller = 2});
	give(NULL);
	linux_calls(a, "/dev/nvme0n1", false);
}

static void the_place_of_a_usb_disk_in_linux_is_not_known(void **state)
{
	struct disk *a = add((struct disk){.link = LINK_USB, .controller = 1});

	(void)state;
	give(NULL);
	is_called(a, "USB disk 1");
	linux_calls(a, "", false);
}

static void want_of_memory_is_reported(void **state)
{
	(void)state;
	add((struct disk){.virtio = true});
	loader.arena.limit = 1;
	assert_int_equal(names_give(&loader, NULL), E_NO_MEMORY);
	assert_true(report.n > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_disk_is_named_after_its_bus_and_counted_on_it),
		TEST(a_partition_is_named_after_its_disk_and_shares_what_it_has),
		TEST(a_partition_of_a_disk_that_is_not_known_has_a_name),
		TEST(linux_counts_virtio_disks_by_their_controllers),
		TEST(linux_counts_the_disk_that_the_loader_came_from),
		TEST(the_loaders_disk_on_another_bus_does_not_count),
		TEST(linux_names_a_disk_of_virtio_scsi_as_a_scsi_disk),
		TEST(the_name_of_an_nvme_disk_is_sure_only_when_it_is_alone),
		TEST(the_place_of_a_usb_disk_in_linux_is_not_known),
		TEST(want_of_memory_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
