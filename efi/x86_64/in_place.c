/* A kernel into memory, in place.
 *
 * LoadImage takes a whole file in memory and copies it to where the program will run: all of a
 * kernel would be read, and then be copied once more. But the file of a Linux kernel is laid out
 * just as the program is in memory, and a kernel relocates itself. So LoadImage is given only the
 * head of the file, with the table of sections taken out (pe_outline()). The firmware allocates the
 * memory that the head asks for, and registers the image. Then the file is read from the disk
 * straight into that memory:
 *
 *      LoadImage(head)            | head |          allocated, not filled                  |
 *      read the file into it      | head | code and data                           |
 *      clear the rest             |                                                | zeros |
 *      StartImage                          ^ the entry point that the head names
 *
 * The firmware does not see the kernel's code this way. So LoadImage gets the whole file where the
 * firmware has to see it: with Secure Boot, which verifies it; where programs are measured (a TPM,
 * confidential computing); and where memory is protected by the sections of programs. A program
 * that is no kernel, or is laid out otherwise, is loaded from its whole file too. */
#include "efi/image.h"

#include "base/mem.h"
#include "config/image/pe.h"
#include "efi/shim.h"
#include "fs/volume.h"
#include "loader/plan.h"
#include "loader/progress.h"

/* Protocols of a firmware that measures what LoadImage is given, or that lets code run only in the
 * memory of programs. */
static const EFI_GUID watchers[] = {
	TCG2_GUID,
	/* EFI_TCG_PROTOCOL, TCG EFI Protocol Specification for TPM 1.2 */
	{0xf541796d, 0xa62e, 0x4954, {0xa7, 0x75, 0x95, 0x84, 0xf6, 0x1b, 0x9c, 0xdd}},
	CC_GUID,
	MEMORY_ATTRIBUTE_GUID,
};

static bool is_watched(void)
{
	for (size_t i = 0; i < sizeof(watchers) / sizeof(*watchers); i++) {
		if (efi_locate(&watchers[i]) != NULL)
			return true;
	}
	return secure_boot();
}

enum status image_read(const struct plan *p, EFI_DEVICE_PATH *path, struct report *report,
		       struct image *image)
{
	struct volume *volume = p->entry->volume;
	uint8_t head[PE_HEAD];
	struct pe_outline o;
	struct image made = {0};
	enum status status;

	(void)report; /* the volume has it */
	if (!p->linux_kernel || p->kernel_size < sizeof(head) || is_watched())
		return OK;
	status = vol_read(volume, p->entry->kernel, 0, head, sizeof(head));
	if (status != OK)
		return status;
	if (!pe_outline(head, sizeof(head), &o) || o.stored > p->kernel_size ||
	    EFI_ERROR(image_from(path, head, sizeof(head), &made)))
		return OK;
	if (o.used > made.loaded->ImageSize) {
		image_unload(&made);
		return OK;
	}
	status = progress_read(volume, p->entry->kernel, o.stored, 0, made.loaded->ImageBase,
			       o.stored);
	if (status != OK) {
		image_unload(&made);
		return status;
	}
	memset((char *)made.loaded->ImageBase + o.stored, 0, o.used - o.stored);
	*image = made;
	return OK;
}
