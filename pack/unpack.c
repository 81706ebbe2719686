/* BOOTX64.EFI: the firmware unpacks the loader that it carries, and runs that in its place. */
#include "base/mem.h"
#include "efi/efi.h"

#define COPY_IT  "Copy it to the host's directory again."
#define UNPACKED "Put partless.efi, the loader as it is, in its place."
#define SIGN_IT  "With Secure Boot, sign partless.efi and put that in its place."

/* EFI_DECOMPRESS_PROTOCOL: UEFI specification, 19.5. gnu-efi does not have it. */
struct decompress;
typedef EFI_STATUS EFIAPI get_info_fn(struct decompress *, const void *from, UINT32 from_size,
				      UINT32 *to_size, UINT32 *scratch_size);
typedef EFI_STATUS EFIAPI decompress_fn(struct decompress *, const void *from, UINT32 from_size,
					void *to, UINT32 to_size, void *scratch,
					UINT32 scratch_size);
struct decompress {
	get_info_fn *GetInfo;
	decompress_fn *Decompress;
};

static const EFI_GUID decompress_guid = {
	0xd8117cfe, 0x94a6, 0x11d4, {0x9a, 0x3a, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d}};

EFIAPI EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

/* The file PACKED, which pack/compress.c made. */
extern const char packed[], packed_end[];
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

/* The loader in *SIZE bytes from mem_alloc(), for the caller to free. */
static EFI_STATUS unpack(struct decompress *firmware, void **file, UINT32 *size)
{
	UINT32 packed_size = (UINT32)(packed_end - packed), scratch_size;
	void *made, *scratch;
	EFI_STATUS status;

	status = firmware->GetInfo(firmware, packed, packed_size, size, &scratch_size);
	if (EFI_ERROR(status))
		return refuse(status, "the loader in it is damaged", COPY_IT);
	made = mem_alloc(*size);
	scratch = mem_alloc(scratch_size);
	if (made == NULL || scratch == NULL) {
		status = refuse(EFI_OUT_OF_RESOURCES, "there is no room to unpack the loader",
				"Give the machine more memory.");
	} else {
		status = firmware->Decompress(firmware, packed, packed_size, made, *size, scratch,
					      scratch_size);
		if (EFI_ERROR(status))
			refuse(status, "the loader in it is damaged", COPY_IT);
	}
	mem_free(scratch, scratch_size);
	if (EFI_ERROR(status))
		mem_free(made, *size);
	else
		*file = made;
	return status;
}

/* The path is our own, so that the firmware finds the loader's device and file to be ours. */
static EFI_STATUS load(void *file, UINT32 size, EFI_HANDLE *image)
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

/* Unpacks and loads; nothing but the loaded image is left of it. */
static EFI_STATUS fetch(EFI_HANDLE *image)
{
	struct decompress *firmware;
	void *file = NULL;
	UINT32 size = 0;
	EFI_STATUS status;

	status = boot_services->LocateProtocol((EFI_GUID *)&decompress_guid, NULL,
					       (void **)&firmware);
	if (EFI_ERROR(status))
		return refuse(status, "this firmware cannot unpack the loader in it", UNPACKED);
	status = unpack(firmware, &file, &size);
	if (EFI_ERROR(status))
		return status;
	status = load(file, size, image);
	mem_free(file, size);
	return status;
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
	EFI_STATUS status;

	self = own;
	system_table = table;
	boot_services = table->BootServices;
	status = fetch(&image);
	if (EFI_ERROR(status))
		return status;
	hand_on(image);
	return boot_services->StartImage(image, NULL, NULL);
}
