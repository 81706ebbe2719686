/* The firmware's tables and the names for its errors. */
#include "efi/efi.h"

#include "base/mem.h"

EFI_HANDLE self;
EFI_SYSTEM_TABLE *system_table;
EFI_BOOT_SERVICES *boot_services;

static const struct {
	EFI_STATUS efi;
	enum status status;
	const char *words;
} errors[] = {
	{EFI_SUCCESS, OK, "success"},
	{EFI_LOAD_ERROR, E_CORRUPT, "load error"},
	{EFI_INVALID_PARAMETER, E_IO, "invalid parameter"},
	{EFI_UNSUPPORTED, E_UNSUPPORTED, "unsupported"},
	{EFI_BUFFER_TOO_SMALL, E_LIMIT, "buffer too small"},
	{EFI_NOT_READY, E_IO, "not ready"},
	{EFI_DEVICE_ERROR, E_IO, "device error"},
	{EFI_OUT_OF_RESOURCES, E_NO_MEMORY, "out of memory"},
	{EFI_VOLUME_CORRUPTED, E_CORRUPT, "volume corrupted"},
	{EFI_NO_MEDIA, E_IO, "no medium"},
	{EFI_MEDIA_CHANGED, E_IO, "medium changed"},
	{EFI_NOT_FOUND, E_NOT_FOUND, "not found"},
	{EFI_ACCESS_DENIED, E_DENIED, "access denied"},
	{EFI_NO_RESPONSE, E_IO, "no response"},
	{EFI_TIMEOUT, E_IO, "timeout"},
	{EFI_NOT_STARTED, E_IO, "not started"},
	{EFI_ALREADY_STARTED, E_IO, "already started"},
	{EFI_ABORTED, E_IO, "aborted"},
	{EFI_SECURITY_VIOLATION, E_DENIED, "security violation"},
};

#define ERRORS (sizeof(errors) / sizeof(*errors))

const char *efi_words(EFI_STATUS efi)
{
	for (size_t i = 0; i < ERRORS; i++) {
		if (errors[i].efi == efi)
			return errors[i].words;
	}
	return "unknown firmware error";
}

enum status efi_status(EFI_STATUS efi)
{
	for (size_t i = 0; i < ERRORS; i++) {
		if (errors[i].efi == efi)
			return errors[i].status;
	}
	return E_IO;
}

void *efi_protocol(EFI_HANDLE handle, const EFI_GUID *protocol)
{
	void *interface = NULL;

	if (EFI_ERROR(boot_services->HandleProtocol(handle, (EFI_GUID *)protocol, &interface)))
		return NULL;
	return interface;
}

void *efi_locate(const EFI_GUID *protocol)
{
	void *interface = NULL;

	if (EFI_ERROR(boot_services->LocateProtocol((EFI_GUID *)protocol, NULL, &interface)))
		return NULL;
	return interface;
}

const void *efi_table(const EFI_GUID *guid)
{
	for (UINTN i = 0; i < system_table->NumberOfTableEntries; i++) {
		const EFI_CONFIGURATION_TABLE *t = &system_table->ConfigurationTable[i];

		if (memcmp(&t->VendorGuid, guid, sizeof(*guid)) == 0)
			return t->VendorTable;
	}
	return NULL;
}

EFI_HANDLE *efi_handles(const EFI_GUID *protocol, UINTN *count)
{
	EFI_HANDLE *handles = NULL;

	if (EFI_ERROR(boot_services->LocateHandleBuffer(protocol == NULL ? AllHandles : ByProtocol,
							(EFI_GUID *)protocol, NULL, count,
							&handles))) {
		*count = 0;
		return NULL;
	}
	return handles;
}

void efi_free(void *pool)
{
	if (pool != NULL)
		boot_services->FreePool(pool);
}
