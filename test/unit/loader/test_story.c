/* loader/story.c: how far it goes for a guest. */
#include "fs/volume.h"
#include "loader/loader.h"
#include "test/unit/console.h"
#include "test/unit/disk.h"
#include "test/unit/fake_volume.h"
#include "test/unit/logged.h"
#include "test/unit/pe_image.h"
#include "test/unit/platform.h"
#include "test/unit/test.h"

static struct report report;
static struct loader loader;
static struct memory_disk *guest, *damaged, *blank;

/* A guest whose kernel is none: it boots by itself as far as its files tell, and comes back. */
static int make_disks(void **state)
{
#define GUEST                                                                             \
	"mkdir -p t/boot && printf 'title Guest\\nlinux /k\\n' >t/boot/partless.conf && " \
	"echo text >t/k && mke2fs -q -d t -b 1024 -t ext2 image 10M"

	(void)state;
	guest = disk_make(GUEST);
	damaged =
		disk_make(GUEST " && dd if=/dev/zero of=image bs=1024 seek=1 count=1 conv=notrunc");
	blank = disk_make("truncate -s 1M image");
	return 0;
}

static int free_disks(void **state)
{
	(void)state;
	disk_free(guest);
	disk_free(damaged);
	disk_free(blank);
	return 0;
}

static int setup(void **state)
{
	static const enum status back[] = {E_IO};

	(void)state;
	report = (struct report){0};
	loader = (struct loader){.report = &report};
	platform_script(back, 1);
	console_script(80, 24, NULL, 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return platform_free(&loader);
}

/* The report, as a string. */
static const char *told(void)
{
	report.text[report.n] = '\0';
	return report.text;
}

static void a_guest_that_is_there_is_not_looked_for_further(void **state)
{
	(void)state;
	platform_disks[0][0] = &guest->block;
	platform_disks[2][0] = &blank->block;
	assert_int_equal(loader_boot(&loader), E_WRONG_TYPE);
	assert_string_equal(platform_reached, "s");
	assert_non_null(strstr(told(), "cannot boot 'Guest'"));
}

static void the_copy_of_a_superblock_is_nearer_than_another_bus(void **state)
{
	(void)state;
	platform_disks[0][0] = &damaged->block;
	assert_int_equal(loader_boot(&loader), E_WRONG_TYPE);
	assert_string_equal(platform_reached, "s");
	assert_non_null(strstr(told(), "cannot boot 'Guest'"));
}

static void then_scsi_is_asked_for_what_was_passed_over(void **state)
{
	(void)state;
	platform_disks[0][0] = &blank->block;
	platform_disks[1][0] = &guest->block;
	assert_int_equal(loader_boot(&loader), E_WRONG_TYPE);
	assert_string_equal(platform_reached, "sl");
	assert_non_null(strstr(told(), "cannot boot 'Guest'"));
}

static void and_usb_comes_last(void **state)
{
	(void)state;
	platform_disks[2][0] = &guest->block;
	assert_int_equal(loader_boot(&loader), E_WRONG_TYPE);
	assert_string_equal(platform_reached, "slu");
	assert_null(strstr(told(), "no disk was found")); /* of the look before */
}

static void what_is_out_of_reach_is_told_when_nothing_boots(void **state)
{
	(void)state;
	platform_disks[0][0] = &blank->block;
	assert_int_equal(loader_boot(&loader), E_NOT_FOUND);
	assert_string_equal(platform_reached, "slu");
	assert_non_null(strstr(told(), "a disk is out of reach"));
}

static const struct fake_file *own_files;

static enum status open_own(struct loader *l)
{
	l->own = fake_volume(own_files, 2, l->report);
	return OK;
}

#define OWN(text)                                                                             \
	{                                                                                     \
		{.path = "/partless.conf",                                                    \
		 .type = FILE_REGULAR,                                                        \
		 .data = (text),                                                              \
		 .size = sizeof(text) - 1},                                                   \
			{.path = "/rescue", .type = FILE_REGULAR, .data = "text", .size = 4}, \
	}

static void the_hosts_own_entry_is_no_guest(void **state)
{
	static const struct fake_file files[] = OWN("title Rescue\nlinux /rescue\n");

	(void)state;
	own_files = files;
	platform_host = open_own;
	platform_disks[2][0] = &guest->block;
	assert_int_equal(loader_boot(&loader), E_WRONG_TYPE);
	assert_string_equal(platform_reached, "slu");
	assert_non_null(strstr(told(), "cannot boot 'Guest'"));
}

static void unless_the_host_names_it_as_the_default(void **state)
{
	static const struct fake_file files[] = OWN("default Res*\ntitle Rescue\nlinux /rescue\n");

	(void)state;
	own_files = files;
	platform_host = open_own;
	platform_disks[2][0] = &guest->block;
	assert_int_equal(loader_boot(&loader), E_WRONG_TYPE);
	assert_string_equal(platform_reached, "s");
	assert_non_null(strstr(told(), "cannot boot 'Rescue'"));
}

static char line[64];

static enum status open_own_with_a_line(struct loader *l)
{
	strcpy(line, "default=Res* timeout=0");
	l->command_line = line;
	l->command_line_bytes = strlen(line);
	return open_own(l);
}

static void the_command_line_goes_before_the_hosts_file(void **state)
{
	static const struct fake_file files[] =
		OWN("default Nothing\ntitle Rescue\nlinux /rescue\n");

	(void)state;
	own_files = files;
	platform_host = open_own_with_a_line;
	assert_int_equal(loader_boot(&loader), E_WRONG_TYPE);
	assert_string_equal(platform_reached, "s");
	assert_int_equal(loader.settings.said[SET_DEFAULT], SAID_ON_COMMAND_LINE);
	assert_int_equal(loader.timeout, 0);
}

static void but_not_where_that_says_lockdown(void **state)
{
	static const struct fake_file files[] = OWN("lockdown yes\ntitle Rescue\nlinux /rescue\n");

	(void)state;
	own_files = files;
	platform_host = open_own_with_a_line;
	platform_disks[0][0] = &guest->block;
	assert_int_equal(loader_boot(&loader), E_WRONG_TYPE);
	assert_int_equal(loader.settings.said[SET_DEFAULT], SAID_NOWHERE);
	assert_int_equal(loader.timeout, 3);
	assert_non_null(strstr(told(), "the host's lockdown (the host's /partless.conf): the "
				       "command line is ignored\n"));
}

static void under_lockdown_the_menu_has_only_what_boots_by_itself(void **state)
{
	static const struct fake_file files[] =
		OWN("lockdown yes\ndisk x\ntitle Rescue\nlinux /rescue\ntitle No\nlinux /no\n");

	(void)state;
	own_files = files;
	platform_host = open_own;
	platform_disks[0][0] = &guest->block;
	assert_int_equal(loader_boot(&loader), E_WRONG_TYPE);
	assert_int_equal(loader.entries_count, 1);
	assert_memory_equal(loader.entries[0].entry->title.p, "Rescue", 6);
	assert_non_null(strstr(told(), "lockdown (the host's /partless.conf) leaves out 2 of 3 "
				       "entries, which do not boot by themselves\n"));
}

static void a_default_that_names_nothing_settles_nothing(void **state)
{
	static const struct fake_file files[] =
		OWN("default Nothing\ntitle Rescue\nlinux /rescue\n");

	(void)state;
	own_files = files;
	platform_host = open_own;
	assert_int_equal(loader_boot(&loader), E_WRONG_TYPE);
	assert_string_equal(platform_reached, "slu");
}

static void the_tries_of_the_hosts_own_entry_are_counted(void **state)
{
	static const char text[] = "title Once\nlinux /k\ntries 1\ntitle Always\nlinux /k\n";
	static const struct fake_file files[] = {
		{.path = "/partless.conf",
		 .type = FILE_REGULAR,
		 .data = text,
		 .size = sizeof(text) - 1},
		{.path = "/k", .type = FILE_REGULAR, .data = pe_image, .size = PE_IMAGE_SIZE},
	};

	(void)state;
	pe_make_kernel();
	own_files = files;
	platform_host = open_own;
	platform_forget_all();
	assert_int_equal(loader_boot(&loader), E_IO);
	assert_memory_equal(platform_started, "Once: ", 6);
	platform_free(&loader);
	setup(state);
	platform_host = open_own;
	assert_int_equal(loader_boot(&loader), E_IO);
	assert_memory_equal(platform_started, "Always: ", 8);
}

static enum status out_of_memory(struct loader *l)
{
	return fail(l->report, E_NO_MEMORY, "no memory for what the host says");
}

static void what_ends_it_before_a_menu_is_on_the_console(void **state)
{
	(void)state;
	platform_host = out_of_memory;
	assert_int_equal(loader_boot(&loader), E_NO_MEMORY);
	assert_string_equal(platform_reached, "");
	assert_non_null(strstr(console_log, "no memory for what the host says"));
}

static enum status log_on(struct loader *l)
{
	l->settings.log = LOG_DEBUGCON;
	return E_NOT_FOUND;
}

static void the_log_has_a_step_for_all_that_takes_time(void **state)
{
	const char *menu;

	(void)state;
	platform_host = log_on;
	platform_disks[2][0] = &guest->block;
	logged_start();
	assert_int_equal(loader_boot(&loader), E_WRONG_TYPE);
	assert_string_equal(logged_words(), "loader settings connect find connect connect "
					    "settings find disk menu default wait boot "
					    "kernel.wrong-type wait kernel.wrong-type");
	menu = strstr(logged, "partless: default at=300.000 ");
	assert_non_null(menu);
	assert_in_range(logged_us(), 3 * PLATFORM_CONNECT_MS * 1000, 100000000);
	logged[menu - logged] = '\0';
	assert_int_equal(logged_us(), 3 * PLATFORM_CONNECT_MS * 1000);
}

static void what_ends_it_has_the_code_of_its_step(void **state)
{
	(void)state;
	platform_host = out_of_memory;
	logged_start();
	assert_int_equal(loader_boot(&loader), E_NO_MEMORY);
	assert_non_null(strstr(console_log, "code=settings.memory"));
	/* Once. */
	assert_null(strstr(strstr(console_log, "partless: error") + 1, "partless: error"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_guest_that_is_there_is_not_looked_for_further),
		TEST(the_copy_of_a_superblock_is_nearer_than_another_bus),
		TEST(then_scsi_is_asked_for_what_was_passed_over),
		TEST(and_usb_comes_last),
		TEST(what_is_out_of_reach_is_told_when_nothing_boots),
		TEST(the_hosts_own_entry_is_no_guest),
		TEST(unless_the_host_names_it_as_the_default),
		TEST(the_command_line_goes_before_the_hosts_file),
		TEST(but_not_where_that_says_lockdown),
		TEST(under_lockdown_the_menu_has_only_what_boots_by_itself),
		TEST(a_default_that_names_nothing_settles_nothing),
		TEST(the_tries_of_the_hosts_own_entry_are_counted),
		TEST(what_ends_it_before_a_menu_is_on_the_console),
		TEST(the_log_has_a_step_for_all_that_takes_time),
		TEST(what_ends_it_has_the_code_of_its_step),
	};

	return cmocka_run_group_tests_name("story", tests, make_disks, free_disks);
}
