/* BOOTX64.EFI: unpacks the loader that it carries, and runs that in its place. */
#include "base/mem.h"
#include "efi/efi.h"
#include "efi/memory.h"
#include "pack/expand.h"

#define COPY_IT  "Copy it to the host's directory again."
#define UNPACKED "Put partless.efi, the loader as it is, in its place."
#define SIGN_IT  "With Secure Boot, sign partless.efi and put that in its place."

EFIAPI EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

/* The file PACKED, which pack/compress.c made. */
extern const unsigned char packed[], packed_end[];
__asm__(".pushsection .rodata.packed, \"a\"\n"
	"packed: .incbin \"" PACKED "\"\n"
	"packed_end:\n"
	".popsection");

static void say(const char *text)
{
	SIMPLE_TEXT_OUTPUT_INTERFACE *console = system_table->ConOut;
	CHAR16 letter[2] = {0};

	for (; *text != '\0'; text++) {
		letter[0] = (CHAR16)*text;
		console->OutputString(console, letter);
	}
}

/* Says WHAT went wrong and what to do; gives STATUS back. */
static EFI_STATUS refuse(EFI_STATUS status, const char *what, const char *advice)
{
	say("BOOTX64.EFI: ");
	say(what);
	say(": ");
	say(efi_words(status));
	say(". ");
	say(advice);
	say("\r\n");
	return status;
}

/* The loader in *SIZE bytes of *ROOM from mem_alloc(), for the caller to free. */
static EFI_STATUS unpack(void **file, size_t *size, size_t *room)
{
	size_t n = (size_t)(packed_end - packed);

	*size = expand_size(packed, n);
	*room = *size + EXPAND_MORE;
	if (*size == 0)
		return refuse(EFI_VOLUME_CORRUPTED, "the loader in it is damaged", COPY_IT);
	*file = mem_alloc(*room);
	if (*file == NULL)
		return refuse(EFI_OUT_OF_RESOURCES, "there is no room to unpack the loader",
			      "Give the machine more memory.");
	if (expand(packed, n, *file))
		return EFI_SUCCESS;
	mem_free(*file, *room);
	return refuse(EFI_VOLUME_CORRUPTED, "the loader in it is damaged", COPY_IT);
}

/* The path is our own, so that the firmware finds the loader's device and file to be ours. */
static EFI_STATUS load(void *file, size_t size, EFI_HANDLE *image)
{
	static const EFI_GUID guid = EFI_LOADED_IMAGE_DEVICE_PATH_PROTOCOL_GUID;
	EFI_DEVICE_PATH *path = efi_protocol(self, &guid);
	EFI_STATUS status = boot_services->LoadImage(FALSE, self, path, file, size, image);

	if (!EFI_ERROR(status))
		return status;
	if (status == EFI_SECURITY_VIOLATION) /* then it is loaded, but not to be started */
		boot_services->UnloadImage(*image);
	return refuse(status, "the firmware refuses the loader in it",
		      status == EFI_SECURITY_VIOLATION || status == EFI_ACCESS_DENIED ? SIGN_IT
										      : UNPACKED);
}

/* Whoever started us gave us options and a device, and perhaps others than our path tells. */
static void hand_on(EFI_HANDLE image)
{
	static const EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_LOADED_IMAGE *own = efi_protocol(self, &guid), *loader = efi_protocol(image, &guid);

	if (own == NULL || loader == NULL)
		return;
	loader->DeviceHandle = own->DeviceHandle;
	loader->LoadOptions = own->LoadOptions;
	loader->LoadOptionsSize = own->LoadOptionsSize;
}

EFIAPI EFI_STATUS efi_main(EFI_HANDLE own, EFI_SYSTEM_TABLE *table)
{
	EFI_HANDLE image = NULL;
	void *file = NULL;
	size_t size = 0, room = 0;
	EFI_STATUS status;

	self = own;
	system_table = table;
	boot_services = table->BootServices;
	status = unpack(&file, &size, &room);
	if (EFI_ERROR(status))
		return status;
	status = load(file, size, &image);
	if (!EFI_ERROR(status)) {
		hand_on(image);
		status = boot_services->StartImage(image, NULL, NULL);
	}
	mem_free(file, room); /* not before: OVMF would wipe it, and the kernel wait */
	memory_give_back();
	return status;
}
