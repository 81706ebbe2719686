/* loader/disks/order.c: which disk goes before which, and what is told of it. */
#include "loader/disks/order.h"

#include "fs/volume.h"
#include "test/unit/test.h"

static struct report report;
static struct volume volumes[4];
static struct entry entry, cannot = {.problem = S("kernel /gone is not there")};
static struct disk disks[4];
static struct loader loader;

/* Four disks "A" to "D" that can boot, alike in everything. */
static int setup(void **state)
{
	(void)state;
	report = (struct report){0};
	loader = (struct loader){.report = &report, .disks = disks, .count = 4};
	for (unsigned i = 0; i < 4; i++) {
		volumes[i] = (struct volume){.name = {"ABCD" + i, 1}};
		snprintf(volumes[i].uuid, sizeof(volumes[i].uuid), "uuid-%u", i);
		disks[i] = (struct disk){
			.number = i,
			.virtio = true,
			.volume = &volumes[i],
			.config = {.first = &entry, .count = 1},
		};
	}
	return 0;
}

static void order_is(const char *names)
{
	char got[5] = "";

	order_sort(disks, 4);
	for (unsigned i = 0; i < 4; i++)
		got[i] = disks[i].volume->name.p[0];
	assert_string_equal(got, names);
}

static void what_is_alike_stays_as_the_firmware_has_it(void **state)
{
	(void)state;
	order_is("ABCD");
}

static void virtio_goes_before_other_buses(void **state)
{
	(void)state;
	disks[0].virtio = disks[2].virtio = false;
	order_is("BDAC");
}

static void whole_disks_go_before_partitions_on_whatever_bus(void **state)
{
	(void)state;
	disks[0].partition = disks[1].partition = 1;
	disks[0].virtio = disks[2].virtio = false;
	order_is("DCBA");
}

static void the_boot_order_goes_before_all_that_is_guessed(void **state)
{
	(void)state;
	disks[3].partition = 2;
	disks[3].virtio = false;
	disks[3].boot_place = 7;
	disks[2].boot_place = 9;
	order_is("DCAB");
}

static void the_name_that_the_host_says_goes_before_its_boot_order(void **state)
{
	(void)state;
	disks[1].boot_place = 1;
	disks[2].named = disks[3].named = true;
	disks[3].boot_place = 2;
	order_is("DCBA");
}

/* What is told when the first disk boots. */
static void told(const char *want)
{
	order_sort(disks, 4);
	loader.guest = &disks[0].config;
	order_report(&loader);
	report.text[report.n] = '\0';
	assert_string_equal(report.text, want);
}

static void a_disk_that_boots_alone_is_not_told(void **state)
{
	(void)state;
	for (unsigned i = 1; i < 4; i++)
		disks[i].config.first = &cannot;
	disks[3].config.first = NULL;
	told("");
}

static void each_reason_is_told_with_the_next_that_can_boot(void **state)
{
	(void)state;
	disks[0].config.first = &cannot; /* passed over */
	loader.guest = &disks[1].config;
	order_report(&loader);
	disks[2].virtio = disks[3].virtio = false;
	order_report(&loader);
	disks[2].partition = 1;
	order_report(&loader);
	disks[1].boot_place = 3;
	order_report(&loader);
	disks[1].named = true;
	order_report(&loader);
	report.text[report.n] = '\0';
	assert_string_equal(
		report.text,
		"B and C both have an entry to boot: B goes first, because the firmware found it "
		"first; to choose, "
		"say disk=INDEX=2 or disk=INDEX=3\n"
		"B and C both have an entry to boot: B goes first, because it is on virtio; to "
		"choose, "
		"say disk=INDEX=2 or disk=INDEX=3\n"
		"B and C both have an entry to boot: B goes first, because it is a whole disk; to "
		"choose, "
		"say disk=INDEX=2 or disk=INDEX=3\n"
		"B and C both have an entry to boot: B goes first, because it comes first in the "
		"boot "
		"order; to choose, "
		"say disk=INDEX=2 or disk=INDEX=3\n"
		"B and C both have an entry to boot: B goes first, because the host names it; to "
		"choose, "
		"say disk=INDEX=2 or disk=INDEX=3\n");
}

static void a_disk_that_waits_for_a_person_is_none_that_boots(void **state)
{
	(void)state;
	loader.settings.said[SET_DISK] = SAID_BY_SMBIOS;
	disks[0].named = true;
	told("");
}

#define A_AND_B                                                                                   \
	"A and B both have an entry to boot: A goes first, because the firmware found it first; " \
	"to "                                                                                     \
	"choose, say "

static void a_serial_number_pins_a_disk_unless_another_has_it(void **state)
{
	(void)state;
	disks[0].serial = S("S-1");
	disks[1].serial = S("S-2");
	told(A_AND_B "disk=SERIAL=S-1 or disk=SERIAL=S-2\n");
	report = (struct report){0};
	disks[3].serial = S("S-2");
	told(A_AND_B "disk=SERIAL=S-1 or disk=INDEX=2\n");
	report = (struct report){0};
	disks[0].serial.n = 100;
	told(A_AND_B "disk=INDEX=1 or disk=INDEX=2\n");
}

static void partitions_of_one_disk_are_pinned_by_their_uuids(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		disks[i].number = 0;
		disks[i].partition = i + 1;
		disks[i].serial = S("S-1");
	}
	told(A_AND_B "disk=UUID=uuid-0 or disk=UUID=uuid-1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_alike_stays_as_the_firmware_has_it, setup),
		cmocka_unit_test_setup(virtio_goes_before_other_buses, setup),
		cmocka_unit_test_setup(whole_disks_go_before_partitions_on_whatever_bus, setup),
		cmocka_unit_test_setup(the_boot_order_goes_before_all_that_is_guessed, setup),
		cmocka_unit_test_setup(the_name_that_the_host_says_goes_before_its_boot_order,
				       setup),
		cmocka_unit_test_setup(a_disk_that_boots_alone_is_not_told, setup),
		cmocka_unit_test_setup(each_reason_is_told_with_the_next_that_can_boot, setup),
		cmocka_unit_test_setup(a_disk_that_waits_for_a_person_is_none_that_boots, setup),
		cmocka_unit_test_setup(a_serial_number_pins_a_disk_unless_another_has_it, setup),
		cmocka_unit_test_setup(partitions_of_one_disk_are_pinned_by_their_uuids, setup),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
