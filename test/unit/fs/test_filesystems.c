/* fs/filesystems.h: how hard a file system is asked to find its superblock. This test has an
 * ext_open() of its own, which answers as told and notes what it was asked. */
#include "fs/filesystems.h"

#include "fs/ext/ext.h"
#include "test/unit/disk.h"
#include "test/unit/test.h"

#define EMPTY      "truncate -s 1M image"
#define F2FS       "printf '\\20\\40\\365\\362' | dd bs=1024 seek=1 of=image && truncate -s 1M image"
#define QUICK      true
#define THOROUGHLY false
#define SEARCH_MAX 4

static struct volume opened = {.copy_used = S("a copy is used")};

static struct {
	enum status answers[EFFORT_MISSING + 1]; /* by effort */
	enum effort asked[SEARCH_MAX];
	unsigned count;
} ext;

enum status ext_open(struct block *b, enum effort effort, struct volume **v)
{
	enum status status = ext.answers[effort];

	assert_in_range(ext.count, 0, SEARCH_MAX - 1);
	ext.asked[ext.count++] = effort;
	if (status == OK)
		*v = &opened;
	return status == OK || status == E_NOT_FOUND ? status
						     : fail(b->report, status, "ext says why");
}

/* Opens a disk of this content, which must end with STATUS and a report that holds SAID. */
static void opens(const char *content, bool quick, enum status status, const char *said)
{
	struct memory_disk *d = disk_make(content);
	struct volume *v = NULL;

	ext.count = 0;
	assert_int_equal(quick ? fs_open_quickly(&d->block, &v) : fs_open(&d->block, &v), status);
	assert_true(disk_said(d, said));
	assert_ptr_equal(v, status == OK ? &opened : NULL);
	disk_free(d);
}

static void asked_in_place_only(void)
{
	assert_int_equal(ext.count, 1);
	assert_int_equal(ext.asked[0], EFFORT_PLACE);
}

static void asked_in_place_and(enum effort next)
{
	assert_int_equal(ext.count, 2);
	assert_int_equal(ext.asked[0], EFFORT_PLACE);
	assert_int_equal(ext.asked[1], next);
}

static void a_sound_superblock_is_all_that_is_read(void **state)
{
	(void)state;
	ext.answers[EFFORT_PLACE] = OK;
	opens(EMPTY, THOROUGHLY, OK, "");
	asked_in_place_only();
}

static void a_damaged_superblock_gives_way_to_a_copy(void **state)
{
	(void)state;
	ext.answers[EFFORT_PLACE] = E_CORRUPT;
	ext.answers[EFFORT_DAMAGED] = OK;
	for (int quick = 0; quick < 2; quick++) {
		opens(EMPTY, quick, OK, "its superblock is damaged, and a copy is used");
		asked_in_place_and(EFFORT_DAMAGED);
	}
}

static void a_damaged_superblock_without_a_copy_is_refused_for_its_own_reason(void **state)
{
	(void)state;
	ext.answers[EFFORT_PLACE] = E_CORRUPT;
	ext.answers[EFFORT_DAMAGED] = E_NOT_FOUND;
	opens(EMPTY, THOROUGHLY, E_CORRUPT, "ext says why");
	asked_in_place_and(EFFORT_DAMAGED);
}

static void no_copy_is_used_on_a_disk_that_was_formatted_anew(void **state)
{
	(void)state;
	ext.answers[EFFORT_PLACE] = E_CORRUPT;
	ext.answers[EFFORT_DAMAGED] = OK;
	opens(F2FS, THOROUGHLY, E_CORRUPT, "the disk also holds an F2FS file system");
	asked_in_place_only();
	ext.answers[EFFORT_PLACE] = E_NOT_FOUND;
	ext.answers[EFFORT_MISSING] = OK;
	opens(F2FS, THOROUGHLY, E_NOT_FOUND, "holds an F2FS file system");
	asked_in_place_only();
}

static void a_missing_superblock_is_searched_for_unless_in_haste(void **state)
{
	(void)state;
	ext.answers[EFFORT_PLACE] = E_NOT_FOUND;
	ext.answers[EFFORT_MISSING] = OK;
	opens(EMPTY, THOROUGHLY, OK, "its superblock is damaged, and a copy is used");
	asked_in_place_and(EFFORT_MISSING);
	opens(EMPTY, QUICK, E_NOT_FOUND, "holds no file system that Partless reads");
	asked_in_place_only();
	ext.answers[EFFORT_MISSING] = E_NOT_FOUND;
	opens(EMPTY, THOROUGHLY, E_NOT_FOUND, "holds nothing but zeros");
	asked_in_place_and(EFFORT_MISSING);
}

static void no_other_failure_leads_to_a_search(void **state)
{
	static const enum status failures[] = {E_IO, E_UNSUPPORTED, E_NO_MEMORY};

	(void)state;
	for (size_t i = 0; i < sizeof(failures) / sizeof(*failures); i++) {
		ext.answers[EFFORT_PLACE] = failures[i];
		opens(EMPTY, THOROUGHLY, failures[i], "cannot open its file system (ext2, ext3");
		asked_in_place_only();
	}
}

static void a_search_that_fails_is_no_search_in_vain(void **state)
{
	(void)state;
	ext.answers[EFFORT_PLACE] = E_CORRUPT;
	ext.answers[EFFORT_DAMAGED] = E_NO_MEMORY;
	opens(EMPTY, THOROUGHLY, E_NO_MEMORY, "ext says why");
	ext.answers[EFFORT_PLACE] = E_NOT_FOUND;
	ext.answers[EFFORT_MISSING] = E_NO_MEMORY;
	opens(EMPTY, THOROUGHLY, E_NO_MEMORY, "ext says why");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_superblock_is_all_that_is_read),
		cmocka_unit_test(a_damaged_superblock_gives_way_to_a_copy),
		cmocka_unit_test(a_damaged_superblock_without_a_copy_is_refused_for_its_own_reason),
		cmocka_unit_test(no_copy_is_used_on_a_disk_that_was_formatted_anew),
		cmocka_unit_test(a_missing_superblock_is_searched_for_unless_in_haste),
		cmocka_unit_test(no_other_failure_leads_to_a_search),
		cmocka_unit_test(a_search_that_fails_is_no_search_in_vain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
