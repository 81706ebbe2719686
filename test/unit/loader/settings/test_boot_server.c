/* DHCP answers as servers send them, and as nobody should. */
#include "loader/settings/boot_server.h"

#include <string.h>

#include "test/unit/test.h"

#define HEADER  240
#define SIADDR  20
#define FILE_AT 108

static uint8_t packet[1472];

static void check_text(const char *expected, struct str found)
{
	assert_int_equal(found.n, strlen(expected));
	assert_memory_equal(found.p, expected, found.n);
}

/* An answer without a server or a file, with OPTIONS. */
static void make(const char *options, size_t n)
{
	memset(packet, 0, sizeof(packet));
	packet[0] = 2;
	memcpy(packet + HEADER - 4, "\x63\x82\x53\x63", 4);
	memcpy(packet + HEADER, options, n);
}

static bool read(size_t n, struct boot_server *server)
{
	return boot_server_read((struct str){(const char *)packet, n}, server);
}

static void fixed_fields_tell_server_and_file(void **state)
{
	struct boot_server server;

	(void)state;
	make("\xff", 1);
	memcpy(packet + SIADDR, "\x0a\0\2\2", 4);
	memcpy(packet + FILE_AT, "boot/BOOTX64.EFI", 17);
	assert_true(read(sizeof(packet), &server));
	check_text("boot/BOOTX64.EFI", server.file);
	assert_memory_equal(server.ip, "\x0a\0\2\2", 4);
	assert_true(read(HEADER, &server));
	assert_false(read(HEADER - 1, &server));
}

static void a_file_may_fill_its_field(void **state)
{
	struct boot_server server;

	(void)state;
	make("\xff", 1);
	memcpy(packet + SIADDR, "\x0a\0\2\2", 4);
	memset(packet + FILE_AT, 'a', 128);
	assert_true(read(sizeof(packet), &server));
	assert_int_equal(server.file.n, 128);
}

static void options_go_first(void **state)
{
	static const char options[] = "\0\0\x35\1\5\x43\5a/b\0c\x36\4\1\2\3\4\xff";
	struct boot_server server;

	(void)state;
	make(options, sizeof(options) - 1);
	memcpy(packet + FILE_AT, "other", 6);
	assert_true(read(sizeof(packet), &server));
	check_text("a/b", server.file);
	assert_memory_equal(server.ip, "\1\2\3\4", 4);

	/* The server that has the file, not the one that answered. */
	memcpy(packet + SIADDR, "\x0a\0\2\2", 4);
	assert_true(read(sizeof(packet), &server));
	assert_memory_equal(server.ip, "\x0a\0\2\2", 4);
}

static void without_file_or_server_there_is_no_place(void **state)
{
	struct boot_server server;

	(void)state;
	make("\x43\1x\xff", 4);
	assert_false(read(sizeof(packet), &server));
	make("\x36\4\1\2\3\4\xff\x43\1x", 10);
	assert_false(read(sizeof(packet), &server));
	make("\x36\4\1\2\3\4\x43\xff", 8);
	assert_false(read(HEADER + 8, &server));
	make("\x36\4\1\2\3\4\x43\1x", 9);
	packet[HEADER - 1] = 0; /* no options */
	assert_false(read(sizeof(packet), &server));
}

static void the_directory_is_above_efi_boot(void **state)
{
	static const struct {
		const char *file, *directory;
	} cases[] = {
		{"BOOTX64.EFI", ""},
		{"a/BOOTX64.EFI", "a/"},
		{"/a/b/x", "/a/b/"},
		{"EFI/BOOT/BOOTX64.EFI", ""},
		{"/efi/boot/bootx64.efi", "/"},
		{"a/EFI/BOOT/BOOTX64.EFI", "a/"},
		{"aEFI/BOOT/BOOTX64.EFI", "aEFI/BOOT/"},
		{"http://h/p/EFI/Boot/BOOTX64.EFI", "http://h/p/"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_text(cases[i].directory, boot_server_directory(str_of(cases[i].file)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixed_fields_tell_server_and_file),
		cmocka_unit_test(a_file_may_fill_its_field),
		cmocka_unit_test(options_go_first),
		cmocka_unit_test(without_file_or_server_there_is_no_place),
		cmocka_unit_test(the_directory_is_above_efi_boot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
