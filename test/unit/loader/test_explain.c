/* loader/explain.c: what is said when nothing boots. */
#include "loader/explain.h"

#include "base/fmt.h"
#include "fs/block.h"
#include "fs/volume.h"
#include "test/unit/fake_volume.h"
#include "test/unit/platform.h"
#include "test/unit/test.h"

#define MANY 200

static struct report report;
static struct disk disks[MANY];
static struct block blocks[MANY];
static char names[MANY][32];
static struct loader loader;

static int setup(void **state)
{
	(void)state;
	report = (struct report){0};
	memset(disks, 0, sizeof(disks));
	loader = (struct loader){.report = &report, .disks = disks};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return platform_free(&loader);
}

/* One more disk, with these files on it; a boot file has no more than one entry. */
static struct disk *add(const struct fake_file *files, size_t n)
{
	unsigned i = loader.count++;
	struct disk *d = &disks[i];

	snprintf(names[i], sizeof(names[i]), "disk %u", i + 1);
	blocks[i] = (struct block){.name = str_of(names[i]), .report = &report};
	d->block = &blocks[i];
	d->volume = fake_volume(files, n, &report);
	d->volume->name = d->block->name;
	loader.places.count++;
	assert_int_equal(config_read(d->volume, SIDE_GUEST, &loader.settings, &(struct places){0},
				     &d->arena, &report, &d->config),
			 OK);
	return d;
}

/* A disk that has no file system of ours. */
static void add_other(void)
{
	unsigned i = loader.count++;

	blocks[i] = (struct block){.name = S("blank"), .report = &report};
	disks[i] = (struct disk){.block = &blocks[i], .status = E_NOT_FOUND};
}

static const char *explained(void)
{
	static char text[REPORT_SIZE * 4];
	struct str why = explain_nothing(&loader);

	assert_true(why.n < sizeof(text));
	if (why.n > 0)
		memcpy(text, why.p, why.n);
	text[why.n] = '\0';
	return text;
}

static void assert_in(const char *line, const char *text)
{
	if (strstr(text, line) == NULL)
		print_error("'%s' is not in:\n%s", line, text);
	assert_non_null(strstr(text, line));
}

static void a_volume_without_a_boot_file_is_told_with_all_the_places(void **state)
{
	const char *text;

	(void)state;
	add(NULL, 0);
	text = explained();
	assert_in(
		"no boot file and no kernel on disk 1\nfound on no disk: partless.conf in /boot; ",
		text);
	assert_in("; grub.cfg in /boot/grub, /boot/grub2, /grub, /grub2, /EFI/BOOT; ", text);
	assert_in("; loader/entries or EFI/Linux in /, /boot, /efi, /boot/efi; ", text);
	assert_in("kernels in /boot, /, /usr/lib/modules, /lib/modules\n", text);
	assert_in("\ninstall a kernel in /boot, or write /boot/partless.conf (partless.conf(5))\n",
		  text);
}

static void each_boot_file_says_what_it_came_to(void **state)
{
	static const struct fake_file files[] = {
		{.path = "/boot/partless.conf", .type = FILE_REGULAR, .data = "#\n", .size = 2},
		{.path = "/boot/grub/grub.cfg", .fails = E_CORRUPT},
		{.path = "/boot/grub/menu.lst", .type = FILE_DIRECTORY},
	};
	const char *text;

	(void)state;
	add(files, 3);
	text = explained();
	assert_in("/boot/partless.conf on disk 1: no entries\n", text);
	assert_in("/boot/grub/grub.cfg on disk 1: not read (damaged)\n", text);
	assert_in("and 1 more place for boot files on disk 1: not read\n", text);
	assert_in("found on no disk: grub.cfg in /boot/grub2,", text);
	assert_in("\nlook at the storage, or repair the file system (e2fsck, xfs_repair)\n", text);
}

static const char one_entry[] = "title A\nlinux /k\n";

static const struct fake_file bootable[] = {
	{.path = "/boot/partless.conf",
	 .type = FILE_REGULAR,
	 .data = one_entry,
	 .size = sizeof(one_entry) - 1},
	{.path = "/k", .type = FILE_REGULAR, .size = 1},
};

static void what_is_left_to_a_person_is_told(void **state)
{
	const char *text;

	(void)state;
	loader.settings.disk = S("gone");
	add(bootable, 2);
	text = explained();
	assert_string_equal(
		text,
		"by hand only, because the host names the disk 'gone': the entries on disk 1\n"
		"start an entry by hand, or correct the host's setting 'disk' "
		"(partless-settings(5))\n");
	loader.settings.lockdown = true;
	assert_string_equal(
		explained(),
		"left out, because the host names the disk 'gone': the entries on disk 1\n"
		"correct the host's setting 'disk' (partless-settings(5))\n");
}

/* The entries' problems stand in the report; only where that has no room are they told here. */
static void entries_that_cannot_boot_are_told_once(void **state)
{
	const char *text;

	(void)state;
	add(bootable, 1);
	assert_in("/boot/partless.conf on disk 1: none of its entries can boot\n"
		  "  'A': kernel /k is not there\n",
		  report.text);
	text = explained();
	assert_null(strstr(text, "entry,"));
	assert_in("put the missing files there", text);
	report.dropped = 1;
	assert_in("/boot/partless.conf on disk 1: 1 entry, which cannot boot\n", explained());
}

static void a_language_that_the_host_does_not_allow_is_not_looked_for(void **state)
{
	const char *text;

	(void)state;
	loader.settings.config = S("legacy");
	loader.settings.said[SET_CONFIG] = SAID_BY_SMBIOS;
	add(bootable, 2);
	text = explained();
	assert_in("nothing that the host allows (config=legacy) on disk 1: other menus were not "
		  "looked at\n"
		  "found on no disk: menu.lst in /boot/grub, /grub; grub.conf in /boot/grub, "
		  "/grub\n"
		  "allow more by the host's setting 'config'",
		  text);
}

static void many_disks_take_few_lines(void **state)
{
	static const struct fake_file no_entries[] = {
		{.path = "/boot/*", .type = FILE_REGULAR, .data = "#\n", .size = 2},
	};
	static char remarks[MANY * 16];
	const char *text;
	size_t n = 0;

	(void)state;
	for (unsigned i = 0; i < 50; i++)
		add(NULL, 0);
	for (unsigned i = 0; i < 50; i++)
		add(no_entries, 1);
	for (unsigned i = 0; i < 100; i++) {
		add_other();
		n += (size_t)snprintf(remarks + n, sizeof(remarks) - n, "remark %u\n", i);
	}
	loader.remarks = (struct str){remarks, n};
	report = (struct report){0};
	text = explained();
	assert_in("remark 15\nand 84 more disks or partitions without a file system that Partless "
		  "reads\n",
		  text);
	assert_in("/boot/partless.conf on disk 58: no entries\n", text);
	assert_null(strstr(text, "disk 59"));
	assert_in("and boot files on 42 more disks, none of which boots\n", text);
	assert_in("no boot file and no kernel on disk 1, disk 2, disk 3, disk 4, disk 5, disk 6, "
		  "disk 7, disk 8 and 42 more\n",
		  text);
	assert_in("\ncorrect the boot file", text);
}

static void one_more_is_told_as_one(void **state)
{
	static const struct fake_file no_entries[] = {
		{.path = "/boot/partless.conf", .type = FILE_REGULAR, .data = "#\n", .size = 2},
	};
	static char remarks[17 * 16];
	const char *text;
	size_t n = 0;

	(void)state;
	for (unsigned i = 0; i < 9; i++)
		add(no_entries, 1);
	for (unsigned i = 0; i < 17; i++)
		n += (size_t)snprintf(remarks + n, sizeof(remarks) - n, "remark %u\n", i);
	loader.remarks = (struct str){remarks, n};
	text = explained();
	assert_in("and 1 more disk or partition without a file system that Partless reads\n", text);
	assert_in("and boot files on 1 more disk, none of which boots\n", text);
}

static void disks_without_a_file_system_are_told_alone(void **state)
{
	(void)state;
	add_other();
	loader.remarks = S("blank holds nothing but zeros\n");
	assert_string_equal(explained(),
			    "blank holds nothing but zeros\n"
			    "attach the disk that holds the guest's /boot: ext2, ext3, ext4 or XFS "
			    "on the whole disk or on a partition\n");
	/* What else failed is in the report, with what to do. */
	disks[0].status = E_CORRUPT;
	loader.remarks = S("");
	assert_string_equal(explained(), "");
}

/* What lies within the firmware's reach is no reason to install anything there. */
static void a_disk_out_of_reach_comes_first(void **state)
{
	(void)state;
	add(NULL, 0);
	loader.out_of_reach = true;
	assert_in("\ngive the SCSI disk that this firmware does not reach a lower unit, 0 to 7 for "
		  "one\n",
		  explained());
}

static void want_of_memory_leaves_the_remarks(void **state)
{
	(void)state;
	add(NULL, 0);
	loader.remarks = S("remark\n");
	loader.arena.limit = 1;
	assert_string_equal(explained(), "remark\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_volume_without_a_boot_file_is_told_with_all_the_places, setup, teardown),
		cmocka_unit_test_setup_teardown(each_boot_file_says_what_it_came_to, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_is_left_to_a_person_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(entries_that_cannot_boot_are_told_once, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			a_language_that_the_host_does_not_allow_is_not_looked_for, setup, teardown),
		cmocka_unit_test_setup_teardown(many_disks_take_few_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(one_more_is_told_as_one, setup, teardown),
		cmocka_unit_test_setup_teardown(disks_without_a_file_system_are_told_alone, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_disk_out_of_reach_comes_first, setup, teardown),
		cmocka_unit_test_setup_teardown(want_of_memory_leaves_the_remarks, setup, teardown),
	};

	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
