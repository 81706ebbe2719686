/* config/image/initrd.c: what Linux takes for an initrd, and what it does not. */
#include "config/image/initrd.h"

#include "fs/volume.h"
#include "test/unit/fake_volume.h"
#include "test/unit/test.h"

#define BYTES(text) text, sizeof(text) - 1

/* As init/initramfs.c and lib/decompress.c of Linux have it, init/do_mounts_rd.c for the last. */
static void the_kernels_own_formats_are_known(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		bool known;
	} cases[] = {
		{BYTES("070701000"), true},
		{BYTES("070702000"), true},
		{BYTES("\x1f\x8b\x08"), true},
		{BYTES("\x1f\x9e\x08"), true},
		{BYTES("BZh91AY&SY"), true},
		{BYTES("\x5d\0\0\0\x04"), true},
		{BYTES("\xfd"
		       "7zXZ\0\0"),
		 true},
		{BYTES("\x89LZO\0\r\n"), true},
		{BYTES("\x02!L\x18"), true},
		{BYTES("\x28\xb5\x2f\xfd"), true},
		{BYTES("-rom1fs-"), true},
		{BYTES("hsqs"), true},
		{BYTES("\x45\x3d\xcd\x28"), true},
		{BYTES("\0\0\0\0"
		       "070701"),
		 true}, /* zeros in front are passed over */
		{BYTES("\0\0\0\x1f\x8b\x08"), true},
		{BYTES(""), false},
		{BYTES("\0\0\0\0"), false},
		{BYTES("07070"), false},        /* cut off */
		{BYTES("070707000"), false},    /* "incorrect cpio method used" */
		{BYTES("\xc7\x71\0\0"), false}, /* cpio's old binary form */
		{BYTES("\x04\"M\x18"), false},  /* lz4's frames */
		{BYTES("\x1f"), false},
		{BYTES("MZ"), false},
		{BYTES("initrd"), false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (initrd_is_known(cases[i].bytes, cases[i].n) != cases[i].known)
			print_error("case %zu is wrong\n", i);
		assert_true(initrd_is_known(cases[i].bytes, cases[i].n) == cases[i].known);
	}
}

static void an_ext2_ram_disk_is_known(void **state)
{
	char head[INITRD_HEAD] = {0};

	(void)state;
	assert_false(initrd_is_known(head, sizeof(head)));
	head[1024] = 1;
	head[1080] = 0x53;
	head[1081] = (char)0xef;
	assert_true(initrd_is_known(head, sizeof(head)));
	assert_false(initrd_is_known(head, 1081));
}

static void a_fault_is_told_in_words(void **state)
{
	static const struct fake_file files[] = {
		{.path = "/good", .type = FILE_REGULAR, .data = "070701", .size = 6},
		{.path = "/short", .type = FILE_REGULAR, .data = "07", .size = 2},
		{.path = "/empty", .type = FILE_REGULAR},
		{.path = "/folder", .type = FILE_DIRECTORY, .size = 4096},
		{.path = "/bad", .fails = E_IO},
	};
	struct report report = {0};
	struct volume *v = fake_volume(files, sizeof(files) / sizeof(*files), &report);

	(void)state;
	assert_null(initrd_fault(v, S("/good")));
	assert_string_equal(initrd_fault(v, S("/short")), INITRD_UNKNOWN);
	assert_string_equal(initrd_fault(v, S("/empty")), "is empty");
	assert_string_equal(initrd_fault(v, S("/folder")), "is no regular file");
	assert_string_equal(initrd_fault(v, S("/bad")), "cannot be read");
	assert_string_equal(initrd_fault(v, S("/gone")), "is not there");
	assert_int_equal(report.n, 0);
	vol_close(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernels_own_formats_are_known),
		cmocka_unit_test(an_ext2_ram_disk_is_known),
		cmocka_unit_test(a_fault_is_told_in_words),
	};

	return cmocka_run_group_tests_name("initrd", tests, NULL, NULL);
}
