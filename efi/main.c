/* The way in from the firmware and the way back. */
#include "efi/block.h"
#include "efi/channels.h"
#include "efi/disks.h"
#include "efi/efi.h"
#include "efi/fat.h"
#include "efi/log.h"
#include "efi/memory.h"
#include "efi/platform.h"
#include "efi/scsi.h"
#include "fs/volume.h"
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

/* Whatever the host says that the guest's owner did not: where the owner need not trust the host,
 * it is not even read. */
static enum status hear(const EFI_LOADED_IMAGE *image)
{
	const char *by = confidential_guest();

	if (by != NULL) {
		note(&report,
		     "this guest is confidential (%s): the host's settings and entries are ignored",
		     by);
		return OK;
	}
	smbios_listen(&loader);
	fw_cfg_listen(&loader);
	load_options_listen(&loader, image);
	return fat_open(image->DeviceHandle, &report, &loader.own);
}

/* What cannot be read costs the host's own menu, and is told. */
static enum status listen(const EFI_LOADED_IMAGE *image)
{
	size_t mark = report_mark(&report);
	enum status status;

	log_step("settings");
	status = hear(image);
	if (status != OK && status != E_NOT_FOUND)
		log_error(status, report_since(&report, mark));
	return status == E_NO_MEMORY ? status : loader_listen(&loader);
}

static enum status look(const EFI_LOADED_IMAGE *image)
{
	enum status status;

	log_step("find");
	status = disks_find(image->DeviceHandle, &loader);
	if (log_done()) {
		log_number("disks", loader.count);
		log_end();
	}
	return status == OK ? loader_discover(&loader) : status;
}

static void connect(void)
{
	log_step("connect");
	disks_connect();
	if (log_done())
		log_end();
}

/* What boots by itself is a guest's. */
static bool guest_boots(void)
{
	return loader.bootable && loader.entries[loader.default_entry]->volume != loader.own;
}

/* From the beginning, with the disks that there are now. */
static enum status look_again(const EFI_LOADED_IMAGE *image)
{
	enum status status;

	loader_free(&loader);
	report = (struct report){0};
	log_forget();
	loader = (struct loader){.report = &report};
	status = listen(image);
	return status == OK ? look(image) : status;
}

/* What takes time to connect, and seldom has the guest's disk: tried while none boots. */
static enum status look_further(const EFI_LOADED_IMAGE *image)
{
	static bool (*const more[])(void) = {scsi_connect, disks_connect_usb};
	enum status status = OK;

	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++) {
		if (status == OK && !guest_boots() && more[i]())
			status = look_again(image);
	}
	if (status == OK && !guest_boots())
		scsi_tell(&report);
	return status;
}

static enum status look_and_boot(const EFI_LOADED_IMAGE *image)
{
	enum status status;

	status = listen(image);
	if (status == OK) {
		connect();
		status = look(image);
	}
	if (status == OK)
		status = look_further(image);
	if (status != OK) {
		struct str says = report_since(&report, 0);

		log_error(status, says);
		console_write(says);
		console_write(log_last());
		return status;
	}
	return loader_run(&loader);
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
	loader = (struct loader){.report = &report};
	platform_init(&loader, loaded->DeviceHandle);
	status = look_and_boot(loaded);
	loader_free(&loader);
	readahead_free();
	memory_give_back();
	out->SetAttribute(out, colour);
	out->EnableCursor(out, cursor);
	return efi_answer(status);
}
