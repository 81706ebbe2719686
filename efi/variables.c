/* The firmware's variables, and whether it keeps them. */
#include "base/mem.h"
#include "efi/channels.h"
#include "efi/memory.h"
#include "loader/platform.h"
#include "loader/vendors.h"

/* EFI_FIRMWARE_VOLUME_BLOCK2_PROTOCOL, UEFI PI specification, volume 3, 3.4.2: its beginning. */
struct volume_block {
	void *get_attributes;
	void *set_attributes;
	EFI_STATUS(EFIAPI *get_physical_address)(struct volume_block *, EFI_PHYSICAL_ADDRESS *);
};

/* EFI_FIRMWARE_VOLUME_HEADER, the same, 3.2.1: its beginning. */
struct volume_header {
	UINT8 zero_vector[16];
	EFI_GUID file_system;
};

/* edk2 without flash keeps its variables in memory, and still calls them non-volatile; but then the
 * volume that holds them lies in memory. */
static bool keeps_in_memory(void)
{
	static const EFI_GUID block_guid = {
		0x8f644fa9, 0xe850, 0x4db1, {0x9c, 0xe2, 0x0b, 0x44, 0x69, 0x8e, 0x8d, 0xa4}};
	static const EFI_GUID variables_guid = {
		0xfff12b8d, 0x7696, 0x4c8b, {0xa9, 0x85, 0x27, 0x47, 0x07, 0x5b, 0x4f, 0x50}};
	UINTN count;
	EFI_HANDLE *handles = efi_handles(&block_guid, &count);
	bool in_memory = false;

	for (UINTN i = 0; i < count; i++) {
		struct volume_block *block = efi_protocol(handles[i], &block_guid);
		EFI_PHYSICAL_ADDRESS address;

		if (block == NULL || EFI_ERROR(block->get_physical_address(block, &address)))
			continue;
		if (memcmp(&((const struct volume_header *)address)->file_system, &variables_guid,
			   sizeof(EFI_GUID)) == 0)
			in_memory |= memory_is_ram(address);
	}
	efi_free(handles);
	return in_memory;
}

bool platform_remembers(void)
{
	static bool known, remembers;

	if (!known)
		remembers = confidential_guest() == NULL && !keeps_in_memory();
	known = true;
	return remembers;
}

/* The vendor's GUID as the firmware wants it, which does not write to it. */
static EFI_GUID *guid_of(enum vendor vendor)
{
	return (EFI_GUID *)vendor_guids[vendor];
}

/* Writes NAME to TO as the firmware wants it. */
static CHAR16 *name_make(const char *name, CHAR16 to[VARIABLE_NAME_MAX + 1])
{
	size_t n = 0;

	for (; n < VARIABLE_NAME_MAX && name[n] != '\0'; n++)
		to[n] = (CHAR16)name[n];
	to[n] = 0;
	return to;
}

/* In a confidential guest the host could write any variable. */
enum status platform_get(enum vendor vendor, const char *name, void *to, size_t room, size_t *bytes)
{
	CHAR16 wide[VARIABLE_NAME_MAX + 1];
	UINTN n = room;
	EFI_STATUS efi;

	if (confidential_guest() != NULL)
		return E_NOT_FOUND;
	efi = system_table->RuntimeServices->GetVariable(name_make(name, wide), guid_of(vendor),
							 NULL, &n, to);
	if (EFI_ERROR(efi))
		return efi_status(efi);
	*bytes = n;
	return OK;
}

static EFI_STATUS set(enum vendor vendor, CHAR16 *name, UINT32 attributes, const void *p, UINTN n)
{
	return system_table->RuntimeServices->SetVariable(name, guid_of(vendor), attributes, n,
							  (void *)p);
}

enum status platform_set(enum vendor vendor, const char *name, enum keeping keeping, const void *p,
			 size_t bytes, struct report *report)
{
	CHAR16 buf[VARIABLE_NAME_MAX + 1], *wide = name_make(name, buf);
	UINT32 attributes = EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS;
	EFI_STATUS efi;

	if (keeping == KEEP_FOR_EVER)
		attributes |= EFI_VARIABLE_NON_VOLATILE;
	efi = set(vendor, wide, attributes, p, bytes);
	if (efi == EFI_INVALID_PARAMETER) {
		/* It is there with other attributes, which only a deletion can change. */
		(void)set(vendor, wide, 0, NULL, 0);
		efi = set(vendor, wide, attributes, p, bytes);
	}
	if (efi == EFI_NOT_FOUND && bytes == 0)
		efi = EFI_SUCCESS;
	if (EFI_ERROR(efi))
		return fail(report, efi_status(efi), "the firmware cannot keep the variable %s: %s",
			    name, efi_words(efi));
	return OK;
}
