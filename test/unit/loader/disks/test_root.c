/* loader/disks/root.c and twins.c: the root= that is added where a second disk is a copy of the
 * first. The rest of them is tested by test/host/test_which_disk.py. */
#include "loader/disks/root.h"

#include "fs/volume.h"
#include "loader/disks/twins.h"
#include "test/unit/fake_volume.h"
#include "test/unit/memory.h"
#include "test/unit/test.h"

static const struct fake_file files[] = {{.path = "/etc/fstab", .type = FILE_REGULAR, .size = 1}};

static struct report report;
static struct disk disks[2];
static struct place places[2];
static struct entry entry;
static struct item items[] = {{.entry = &entry}};
static struct loader loader;

/* Two disks with the same UUID; the entry lies on the second. */
static int setup(void **state)
{
	(void)state;
	report = (struct report){0};
	for (unsigned i = 0; i < 2; i++) {
		struct volume *v = fake_volume(files, 1, &report);

		v->name = (struct str){"AB" + i, 1};
		strcpy(v->uuid, "0c3bf1a4");
		disks[i] = (struct disk){.number = i, .linux_index = i, .volume = v};
		places[i] = (struct place){v, i, 0};
	}
	entry = (struct entry){.title = S("X"), .volume = disks[1].volume};
	loader = (struct loader){
		.report = &report,
		.disks = disks,
		.count = 2,
		.places = {.p = places, .count = 2},
		.entries = items,
		.entries_count = 1,
	};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vol_close(disks[0].volume);
	vol_close(disks[1].volume);
	arena_free(&loader.arena);
	assert_int_equal(memory_used, 0);
	return 0;
}

static void becomes(enum bus bus, bool sure, unsigned initrds, const char *options,
		    const char *told)
{
	for (unsigned i = 0; i < 2; i++) {
		disks[i].bus = bus;
		disks[i].linux_sure = sure;
	}
	entry.initrds = initrds;
	assert_int_equal(root_complete(&loader), OK);
	twins_report(&loader);
	report.text[report.n] = '\0';
	if (!str_eq(entry.options, str_of(options)))
		print_error("%.*s\n", STR_ARG(entry.options));
	assert_true(str_eq(entry.options, str_of(options)));
	assert_string_equal(report.text, told);
}

#define SAME                                                                                \
	"A and B have the same file-system UUID 0c3bf1a4; give the copy another, while it " \
	"is not mounted, with 'fake_admin -U new DEVICE'\n"
#define EITHER                                                                                 \
	"'X' boots with root=UUID=0c3bf1a4, and A and B both have this UUID: Linux may mount " \
	"either; "                                                                             \
	"give the copy another, while it is not mounted, with 'fake_admin -U new DEVICE'\n"

static void a_sure_name_is_added(void **state)
{
	(void)state;
	becomes(BUS_VIRTIO, true, 1, "root=/dev/vdb ro", SAME);
}

static void a_name_that_is_not_sure_is_none_where_there_is_an_initrd(void **state)
{
	(void)state;
	becomes(BUS_NVME, false, 1, "root=UUID=0c3bf1a4 ro", EITHER);
}

static void a_disk_without_a_name_is_named_by_its_uuid(void **state)
{
	(void)state;
	becomes(BUS_OTHER, false, 0, "root=UUID=0c3bf1a4 ro", EITHER);
}

static void a_name_that_is_not_sure_is_told(void **state)
{
	(void)state;
	becomes(BUS_SCSI, false, 0, "root=/dev/sdb ro",
		"'X' gets root=/dev/sdb, but Linux may give A that name, and B another\n" SAME);
}

static void a_disk_alone_is_named_by_its_uuid(void **state)
{
	(void)state;
	strcpy(disks[0].volume->uuid, "other");
	becomes(BUS_VIRTIO, true, 1, "root=UUID=0c3bf1a4 ro", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_sure_name_is_added, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_name_that_is_not_sure_is_none_where_there_is_an_initrd, setup, teardown),
		cmocka_unit_test_setup_teardown(a_disk_without_a_name_is_named_by_its_uuid, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_name_that_is_not_sure_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(a_disk_alone_is_named_by_its_uuid, setup, teardown),
	};

	return cmocka_run_group_tests_name("root", tests, NULL, NULL);
}
