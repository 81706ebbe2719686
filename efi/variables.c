/* What the loader remembers from one boot to the next, in one non-volatile variable. */
#include "base/mem.h"
#include "efi/memory.h"
#include "loader/platform.h"

#define NAME ((CHAR16 *)u"PartlessOnce")

static EFI_GUID vendor = {
	0x3f1c5a52, 0x9d0b, 0x4c57, {0xa6, 0x1e, 0x0b, 0x7d, 0x42, 0x95, 0xc8, 0x31}};

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

/* True when the firmware forgets its variables at a reset. edk2 without flash keeps them in memory,
 * and still calls them non-volatile; but then the volume that holds them lies in memory. */
static bool forgets(void)
{
	static const EFI_GUID block_guid = {
		0x8f644fa9, 0xe850, 0x4db1, {0x9c, 0xe2, 0x0b, 0x44, 0x69, 0x8e, 0x8d, 0xa4}};
	static const EFI_GUID variables_guid = {
		0xfff12b8d, 0x7696, 0x4c8b, {0xa9, 0x85, 0x27, 0x47, 0x07, 0x5b, 0x4f, 0x50}};
	UINTN count;
	EFI_HANDLE *handles = efi_handles(&block_guid, &count);
	bool forgetful = false;

	for (UINTN i = 0; i < count; i++) {
		struct volume_block *block = efi_protocol(handles[i], &block_guid);
		EFI_PHYSICAL_ADDRESS address;

		if (block == NULL || EFI_ERROR(block->get_physical_address(block, &address)))
			continue;
		if (memcmp(&((const struct volume_header *)address)->file_system, &variables_guid,
			   sizeof(EFI_GUID)) == 0)
			forgetful = memory_is_ram(address);
	}
	efi_free(handles);
	return forgetful;
}

enum status platform_remember(uint32_t sum, struct report *report)
{
	EFI_STATUS efi;

	if (forgets())
		return fail(report, E_UNSUPPORTED,
			    "this firmware forgets its variables at a reset: it would be booted "
			    "each time; give the guest pflash with variables of its own");
	efi = system_table->RuntimeServices->SetVariable(NAME, &vendor,
							 EFI_VARIABLE_NON_VOLATILE |
								 EFI_VARIABLE_BOOTSERVICE_ACCESS |
								 EFI_VARIABLE_RUNTIME_ACCESS,
							 sizeof(sum), &sum);
	if (EFI_ERROR(efi))
		return fail(report, efi_status(efi),
			    "the firmware cannot keep the variable PartlessOnce: %s",
			    efi_words(efi));
	return OK;
}

bool platform_recall(uint32_t *sum)
{
	uint32_t kept;
	UINTN bytes = sizeof(kept);

	if (EFI_ERROR(system_table->RuntimeServices->GetVariable(NAME, &vendor, NULL, &bytes,
								 &kept)) ||
	    bytes != sizeof(kept))
		return false;
	*sum = kept;
	return true;
}

void platform_forget(void)
{
	uint32_t sum;

	if (platform_recall(&sum))
		system_table->RuntimeServices->SetVariable(NAME, &vendor, 0, 0, NULL);
}
