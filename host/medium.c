/* Media that firmware starts a loader from. What lies in their FAT is not looked into. */
#include "host/medium.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define SECTOR 512

/* UEFI specification, 5.3: the GPT's header, and the first two entries of an array at its usual
 * place. */
#define GPT_HEADER  SECTOR
#define GPT_ENTRIES (2 * SECTOR)
#define GPT_ENTRY   128

/* ECMA-119, 8.2: the second volume descriptor is El Torito's. */
#define CD_BOOT_RECORD (17 * 2048)

static bool has(int fd, off_t at, const void *bytes, size_t n)
{
	uint8_t found[32];

	return n <= sizeof(found) && pread(fd, found, n, at) == (ssize_t)n &&
	       memcmp(found, bytes, n) == 0;
}

static bool is_fat(int fd)
{
	return has(fd, 510, "\x55\xaa", 2) && (has(fd, 54, "FAT", 3) || has(fd, 82, "FAT", 3));
}

static bool is_esp_alone(int fd)
{
	static const uint8_t esp[] = {0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
				      0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b};
	static const uint8_t unused[16];

	return has(fd, GPT_HEADER, "EFI PART", 8) && has(fd, GPT_ENTRIES, esp, sizeof(esp)) &&
	       has(fd, GPT_ENTRIES + GPT_ENTRY, unused, sizeof(unused));
}

static bool is_boot_cd(int fd)
{
	static const char record[] = "\0CD001\1EL TORITO SPECIFICATION";

	return has(fd, CD_BOOT_RECORD, record, sizeof(record) - 1);
}

bool medium_is(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool is = fd >= 0 && (is_fat(fd) || is_esp_alone(fd) || is_boot_cd(fd));

	if (fd >= 0)
		close(fd);
	return is;
}
