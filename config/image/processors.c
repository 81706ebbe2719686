/* The processors, and how their Linux kernels are known. */
#include "config/image/processors.h"

#include <stddef.h>

#include "base/bytes.h"
#include "base/pe_format.h"
#include "config/image/gzip.h"
#include "config/image/pe.h"

/* Documentation/arch/x86/boot.rst */
struct x86_header {
	uint8_t before[0x202];
	char header[4];
	le16 version;
	uint8_t between[0x30];
	le32 cmdline_size;
};

_Static_assert(offsetof(struct x86_header, version) == 0x206, "");
_Static_assert(offsetof(struct x86_header, cmdline_size) == 0x238, "");

#define VERSION_CMDLINE    0x0206
#define CMDLINE_BEFORE_206 255

static bool is_x86_linux(struct str head, uint32_t *cmdline)
{
	const struct x86_header *h = (const void *)head.p;

	if (head.n < sizeof(*h) || !str_eq((struct str){h->header, 4}, S("HdrS")))
		return false;
	*cmdline = get_le16(h->version) >= VERSION_CMDLINE ? get_le32(h->cmdline_size)
							   : CMDLINE_BEFORE_206;
	return true;
}

/* Documentation/arch/arm64/booting.rst; drivers/firmware/efi/libstub/zboot-header.S has the head of
 * a kernel that unpacks itself. */
#define ARM64_MAGIC_AT 0x38
#define ZBOOT_MAGIC_AT 4
#define ARM64_CMDLINE  2047 /* COMMAND_LINE_SIZE, less the NUL */

static bool is_arm64_linux(struct str head, uint32_t *cmdline)
{
	if (head.n < ARM64_MAGIC_AT + 4)
		return false;
	if (!str_eq((struct str){head.p + ARM64_MAGIC_AT, 4}, S("ARM\x64")) &&
	    !str_eq((struct str){head.p + ZBOOT_MAGIC_AT, 4}, S("zimg")))
		return false;
	*cmdline = ARM64_CMDLINE;
	return true;
}

const struct arch arch_x86_64 = {
	.name = "x86-64",
	.names = "x86_64 x64 x86-64 amd64",
	.grub_cpu = "x86_64",
	.machine = IMAGE_FILE_MACHINE_AMD64,
	.check = pe_check,
	.is_linux = is_x86_linux,
};

const struct arch arch_aarch64 = {
	.name = "aarch64",
	.names = "aarch64 aa64 arm64",
	.grub_cpu = "arm64",
	.machine = IMAGE_FILE_MACHINE_ARM64,
	.check = gzip_check,
	.is_linux = is_arm64_linux,
};
