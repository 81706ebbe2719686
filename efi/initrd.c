/* The initrd by LoadFile2: read from the disk straight into memory that the kernel allocates. */
#include "efi/initrd.h"

#include "efi/efi.h"
#include "loader/plan.h"

struct initrd_path {
	VENDOR_DEVICE_PATH vendor;
	EFI_DEVICE_PATH end;
} __attribute__((packed));

/* UEFI specification, 13.2. The interface of LoadFile and LoadFile2 is the same. */
static const EFI_GUID load_file2_guid = {
	0x4006c0c1, 0xfcb3, 0x403e, {0x99, 0x6d, 0x4a, 0x6c, 0x87, 0x24, 0xe0, 0x6d}};
static const EFI_GUID device_path_guid = EFI_DEVICE_PATH_PROTOCOL_GUID;

static struct initrd_path path = {
	.vendor =
		{
			.Header = {MEDIA_DEVICE_PATH,
				   MEDIA_VENDOR_DP,
				   {sizeof(VENDOR_DEVICE_PATH), 0}},
			.Guid = {0x5568e427,
				 0x68fc,
				 0x4f3d,
				 {0xac, 0x74, 0xca, 0x55, 0x52, 0x31, 0xcc, 0x68}},
		},
	.end = {END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, {sizeof(EFI_DEVICE_PATH), 0}},
};

static const struct plan *plan;
static EFI_HANDLE handle;

/* LoadFile2. The kernel's first call has no buffer and asks for the size. Some kernels leave *BYTES
 * uninitialised in that call, so only the NULL buffer shows which call it is. */
static EFIAPI EFI_STATUS load_file(EFI_LOAD_FILE_INTERFACE *this, EFI_DEVICE_PATH *file_path,
				   BOOLEAN boot_policy, UINTN *bytes, VOID *buffer)
{
	if (this == NULL || file_path == NULL || bytes == NULL)
		return EFI_INVALID_PARAMETER;
	if (boot_policy)
		return EFI_UNSUPPORTED;
	if (buffer == NULL || *bytes < plan->initrd_total) {
		*bytes = plan->initrd_total;
		return EFI_BUFFER_TOO_SMALL;
	}
	*bytes = plan->initrd_total;
	return plan_read_initrd(plan, 0, buffer, plan->initrd_total) == OK ? EFI_SUCCESS
									   : EFI_DEVICE_ERROR;
}

static EFI_LOAD_FILE_INTERFACE interface = {.LoadFile = load_file};

enum status initrd_offer(const struct plan *p, struct report *report)
{
	EFI_STATUS efi;

	if (p->entry->initrds == 0)
		return OK;
	plan = p;
	handle = NULL;
	efi = boot_services->InstallMultipleProtocolInterfaces(&handle, &device_path_guid, &path,
							       &load_file2_guid, &interface, NULL);
	if (!EFI_ERROR(efi))
		return OK;
	handle = NULL;
	if (efi == EFI_ALREADY_STARTED)
		return fail(
			report, E_IO,
			"something else offers an initrd already: start the guest without -initrd");
	return fail(report, efi_status(efi), "the firmware does not let us offer the initrd: %s",
		    efi_words(efi));
}

void initrd_withdraw(void)
{
	if (handle == NULL)
		return;
	boot_services->UninstallMultipleProtocolInterfaces(handle, &device_path_guid, &path,
							   &load_file2_guid, &interface, NULL);
	handle = NULL;
	plan = NULL;
}
