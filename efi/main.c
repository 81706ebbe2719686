/* The entry from the firmware, and the way back. */
#include "efi/efi.h"
#include "efi/log.h"
#include "efi/machine.h"
#include "efi/memory.h"
#include "efi/platform.h"
#include "fs/readahead.h"
#include "loader/console.h"
#include "loader/loader.h"

EFIAPI EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

static struct report report;
static struct loader loader;

static EFI_STATUS efi_answer(enum status status)
{
	switch (status) {
	case OK:
		return EFI_SUCCESS;
	case E_NO_MEMORY:
		return EFI_OUT_OF_RESOURCES;
	case E_DENIED:
		return EFI_SECURITY_VIOLATION;
	case E_IO:
		return EFI_DEVICE_ERROR;
	case E_CORRUPT:
		return EFI_VOLUME_CORRUPTED;
	default:
		return EFI_NOT_FOUND;
	}
}

EFIAPI EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	static const EFI_GUID loaded_image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	SIMPLE_TEXT_OUTPUT_INTERFACE *out = table->ConOut;
	UINTN colour = (UINTN)out->Mode->Attribute;
	BOOLEAN cursor = out->Mode->CursorVisible;
	const EFI_LOADED_IMAGE *loaded;
	enum status status;

	log_start(&efi_log);
	self = image;
	system_table = table;
	boot_services = table->BootServices;
	loaded = efi_protocol(image, &loaded_image_guid);
	if (loaded == NULL) /* every image has one: UEFI specification, 9.1 */
		return EFI_UNSUPPORTED;
	report = (struct report){0};
	loader = (struct loader){.report = &report, .begun = clock_ticks()};
	machine_init(loaded);
	platform_init(&loader, loaded->DeviceHandle);
	status = loader_boot(&loader);
	loader_free(&loader);
	readahead_free();
	memory_give_back();
	out->SetAttribute(out, colour);
	out->EnableCursor(out, cursor);
	return efi_answer(status);
}
