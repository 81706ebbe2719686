/* loader/interface/ids.c: the ids by which a guest's userland knows the entries. */
#include "fs/volume.h"
#include "loader/interface/ids.h"
#include "test/unit/memory.h"
#include "test/unit/test.h"

#define MANY 4

static struct volume volumes[2];
static struct entry stock[MANY];
static struct item items[MANY];
static struct arena arena;

static int setup(void **state)
{
	(void)state;
	strcpy(volumes[0].uuid, "11111111");
	strcpy(volumes[1].uuid, "22222222");
	for (unsigned i = 0; i < MANY; i++) {
		stock[i] = (struct entry){.menu = &volumes[0]};
		items[i] = (struct item){.entry = &stock[i]};
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	assert_int_equal(memory_used, 0);
	return 0;
}

/* What the first COUNT entries are called. */
static void make(unsigned count)
{
	for (unsigned i = 0; i < MANY; i++)
		items[i].told_id = S("");
	assert_true(ids_make(items, count, &arena));
}

static const char *told(unsigned i)
{
	return items[i].told_id.n > 0 ? items[i].told_id.p : "";
}

static const char *name_of(const char *id)
{
	stock[0].id = str_of(id);
	make(1);
	return told(0);
}

static void an_id_that_can_be_told_is_kept(void **state)
{
	(void)state;
	assert_string_equal(name_of("gnulinux-simple-1a2b"), "auto-gnulinux-simple-1a2b");
	assert_string_equal(name_of("vmlinuz-6.1.0-13_a+b@c"), "auto-vmlinuz-6.1.0-13_a+b@c");
	assert_string_equal(name_of("Debian"), "auto-debian");
}

static void what_cannot_be_told_becomes_a_dash_and_a_checksum(void **state)
{
	(void)state;
	assert_string_equal(name_of("Debian GNU/Linux, with Linux 6.1"),
			    "auto-debian-gnu-linux-with-linux-6.1-4022f584");
	assert_string_equal(name_of("advanced>6.1"), "auto-advanced-6.1-fa804c84");
	assert_string_equal(name_of("\xc3\xbc\x1b\xff"), "auto---abb9092a");
	assert_string_equal(name_of(""), "auto--ffffffff");
}

static void a_long_id_is_cut_and_told_apart_by_its_checksum(void **state)
{
	char a[300], b[300];

	(void)state;
	memset(a, 'x', sizeof(a));
	memcpy(b, a, sizeof(a));
	a[299] = b[299] = '\0';
	b[298] = 'y';
	stock[0].id = str_of(a);
	stock[1].id = str_of(b);
	make(2);
	assert_int_equal(items[0].told_id.n, ID_MAX);
	assert_int_equal(items[1].told_id.n, ID_MAX);
	assert_string_not_equal(told(0), told(1));
}

static void the_longest_id_that_is_kept_has_no_checksum(void **state)
{
	char a[300];

	(void)state;
	memset(a, 'x', sizeof(a));
	a[ID_MAX - 14] = '\0';
	assert_int_equal(strlen(name_of(a)), ID_MAX - 9);
}

static void a_file_of_the_specification_keeps_its_name(void **state)
{
	(void)state;
	stock[0].id_is_file = true;
	assert_string_equal(name_of("Debian-6.1.conf"), "debian-6.1.conf");
	assert_string_equal(name_of("image.efi"), "image.efi");
	/* The second file of that name, with another boot counter. */
	assert_string_equal(name_of("debian.conf#2"), "auto-debian.conf-2-977f5e72");
}

static void what_the_loader_appended_does_not_count(void **state)
{
	(void)state;
	stock[0].id_more = strlen(" (virtio disk 1)");
	assert_string_equal(name_of("debian (virtio disk 1)"), "auto-debian");
}

static void of_two_volumes_the_first_keeps_its_id(void **state)
{
	char second[ID_MAX];

	(void)state;
	stock[0].id = stock[1].id = S("debian");
	stock[1].menu = &volumes[1];
	make(2);
	assert_string_equal(told(0), "auto-debian");
	assert_memory_equal(told(1), "auto-debian-", 12);
	assert_int_equal(items[1].told_id.n, strlen("auto-debian-00000000"));
	strcpy(second, told(1));
	/* It stays the same with other entries before it. */
	stock[2].id = stock[1].id;
	stock[2].menu = &volumes[1];
	stock[1].id = S("another");
	make(3);
	assert_string_equal(told(2), second);
}

static void a_copy_of_a_disk_has_ids_of_its_own(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		stock[i].id = S("debian.conf");
		stock[i].id_is_file = true;
	}
	make(4);
	assert_string_equal(told(0), "debian.conf");
	for (unsigned i = 1; i < MANY; i++) {
		assert_memory_equal(told(i), "auto-debian.conf-", 17);
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(told(i), told(j));
	}
}

static void another_entrys_kernel_changes_nothing(void **state)
{
	char before[ID_MAX];

	(void)state;
	stock[0].id = S("advanced>6.1");
	stock[1].id = S("Debian, with Linux 5.10");
	make(2);
	strcpy(before, told(1));
	stock[0].id = S("advanced>6.12");
	make(2);
	assert_string_equal(told(1), before);
}

static void an_id_is_matched_by_a_glob_in_any_case(void **state)
{
	struct str id = S("debian-6.1.conf");

	(void)state;
	assert_true(id_match(id, S("debian-6.1.conf")));
	assert_true(id_match(id, S("Debian-6.1")));
	assert_true(id_match(id, S("DEBIAN-*")));
	assert_true(id_match(S("image.efi"), S("image")));
	assert_true(id_match(S("auto-a"), S("auto-[abc]")));
	assert_false(id_match(id, S("debian")));
	assert_false(id_match(id, S("")));
	assert_false(id_match(S(""), S("*")));
}

static void a_huge_pattern_matches_nothing(void **state)
{
	static char stars[GLOB_MAX + 1];

	(void)state;
	memset(stars, '*', sizeof(stars));
	assert_true(id_match(S("auto-a"), (struct str){stars, GLOB_MAX}));
	assert_false(id_match(S("auto-a"), (struct str){stars, GLOB_MAX + 1}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_id_that_can_be_told_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_told_becomes_a_dash_and_a_checksum,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_long_id_is_cut_and_told_apart_by_its_checksum,
						setup, teardown),
		cmocka_unit_test_setup_teardown(the_longest_id_that_is_kept_has_no_checksum, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_file_of_the_specification_keeps_its_name, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_the_loader_appended_does_not_count, setup,
						teardown),
		cmocka_unit_test_setup_teardown(of_two_volumes_the_first_keeps_its_id, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_copy_of_a_disk_has_ids_of_its_own, setup,
						teardown),
		cmocka_unit_test_setup_teardown(another_entrys_kernel_changes_nothing, setup,
						teardown),
		cmocka_unit_test(an_id_is_matched_by_a_glob_in_any_case),
		cmocka_unit_test(a_huge_pattern_matches_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
