/* What the EFI stub of a Linux kernel measures by itself.
 *
 * Neither the kernel's header nor its version tells this: distributions carry patches back. But the
 * stub lies in the file as it is, unpacked, with the texts that it writes into the events of the
 * TPM's log, and with the GUID of the protocol that it calls for confidential computing. A compiler
 * may cut a GUID in two, so its first half is looked for. All lies behind the packed kernel, so the
 * search begins at the end. */
#include "config/image/stub.h"

#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"

/* drivers/firmware/efi/libstub/efi-stub-helper.c, with the NUL that belongs to them. */
static const char options_event[] = "LOADED_IMAGE::LoadOptions";
static const char initrd_event[] = "Linux initrd";

/* EFI_CC_MEASUREMENT_PROTOCOL, UEFI specification, 38.2. */
static const uint8_t cc_guid[] = {0x3d, 0x1a, 0x75, 0x96, 0xf4, 0x72, 0xa6, 0x41};

static bool holds(const char *file, size_t n, const void *what, size_t bytes)
{
	const char first = *(const char *)what;

	for (const char *p = file + n - bytes; n >= bytes && p >= file; p--) {
		if (*p == first && memcmp(p, what, bytes) == 0)
			return true;
	}
	return false;
}

struct stub stub_find(const void *file, size_t n)
{
	struct stub stub = {
		.options = holds(file, n, options_event, sizeof(options_event)),
		.initrd = holds(file, n, initrd_event, sizeof(initrd_event)),
	};

	stub.cc = stub.initrd && holds(file, n, cc_guid, sizeof(cc_guid));
	return stub;
}
