/* The initrd for kernels before Linux 5.8: they open the file that `initrd=` in the options names,
 * through the SimpleFileSystem of the device that they were loaded from. This is such a file
 * system, with that one file. UEFI specification, 13.4 and 13.5. */
#include "efi/initrd_file.h"

#include "base/mem.h"
#include "efi/efi.h"
#include "loader/plan.h"

#define WIDE2(text) u##text
#define WIDE(text)  WIDE2(text)

static const CHAR16 initrd_name[] = WIDE(INITRD_NAME);

/* EFI_FILE_INFO declares only the first letter of the name. */
union info {
	EFI_FILE_INFO info;
	char bytes[__builtin_offsetof(EFI_FILE_INFO, FileName) + sizeof(initrd_name)];
};

/* An open file. Each exists once: to open it again starts it from the beginning. */
struct served {
	EFI_FILE_PROTOCOL file;
	UINT64 size, position;
	UINT64 attributes;
};

static const EFI_GUID file_system_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;

static struct served root, initrd, nothing;
static const struct plan *plan;
static EFI_HANDLE handle;

static bool is_initrd(const CHAR16 *name)
{
	while (*name == u'\\' || *name == u'/')
		name++;
	for (size_t i = 0; i < sizeof(initrd_name) / sizeof(CHAR16); i++) {
		if (name[i] != initrd_name[i])
			return false;
	}
	return true;
}

/* Linux 4.4 finds `initrd=` wherever these letters stand in the options, and hangs when it cannot
 * open what follows them. So any other name opens an empty file. */
static EFIAPI EFI_STATUS file_open(EFI_FILE_PROTOCOL *this, EFI_FILE_PROTOCOL **opened,
				   CHAR16 *name, UINT64 mode, UINT64 attributes)
{
	struct served *s;

	(void)attributes;
	if (this == NULL || opened == NULL || name == NULL)
		return EFI_INVALID_PARAMETER;
	if (mode != EFI_FILE_MODE_READ)
		return EFI_WRITE_PROTECTED;
	s = is_initrd(name) ? &initrd : &nothing;
	s->position = 0;
	*opened = &s->file;
	return EFI_SUCCESS;
}

static EFIAPI EFI_STATUS file_close(EFI_FILE_PROTOCOL *this)
{
	(void)this;
	return EFI_SUCCESS;
}

static EFIAPI EFI_STATUS file_delete(EFI_FILE_PROTOCOL *this)
{
	(void)this;
	return EFI_WARN_DELETE_FAILURE;
}

static EFIAPI EFI_STATUS file_read(EFI_FILE_PROTOCOL *this, UINTN *bytes, VOID *buffer)
{
	struct served *s = (struct served *)this;
	UINT64 left;

	if (s == NULL || bytes == NULL || s->position > s->size)
		return EFI_DEVICE_ERROR;
	left = s->size - s->position;
	if (*bytes > left)
		*bytes = left;
	if (*bytes == 0)
		return EFI_SUCCESS;
	if (plan_read_initrd(plan, s->position, buffer, *bytes) != OK)
		return EFI_DEVICE_ERROR;
	s->position += *bytes;
	return EFI_SUCCESS;
}

static EFIAPI EFI_STATUS file_write(EFI_FILE_PROTOCOL *this, UINTN *bytes, VOID *buffer)
{
	(void)this, (void)bytes, (void)buffer;
	return EFI_WRITE_PROTECTED;
}

static EFIAPI EFI_STATUS file_set_position(EFI_FILE_PROTOCOL *this, UINT64 position)
{
	struct served *s = (struct served *)this;

	s->position = position == UINT64_MAX ? s->size : position;
	return EFI_SUCCESS;
}

static EFIAPI EFI_STATUS file_get_position(EFI_FILE_PROTOCOL *this, UINT64 *position)
{
	*position = ((struct served *)this)->position;
	return EFI_SUCCESS;
}

static EFIAPI EFI_STATUS file_get_info(EFI_FILE_PROTOCOL *this, EFI_GUID *kind, UINTN *bytes,
				       VOID *buffer)
{
	static const EFI_GUID info_guid = EFI_FILE_INFO_ID;
	const struct served *s = (const struct served *)this;
	union info info = {.info = {.Size = sizeof(info.bytes),
				    .FileSize = s->size,
				    .PhysicalSize = s->size,
				    .Attribute = s->attributes}};

	if (memcmp(kind, &info_guid, sizeof(*kind)) != 0)
		return EFI_UNSUPPORTED;
	if (*bytes < sizeof(info.bytes)) {
		*bytes = sizeof(info.bytes);
		return EFI_BUFFER_TOO_SMALL;
	}
	memcpy(info.bytes + __builtin_offsetof(EFI_FILE_INFO, FileName), initrd_name,
	       sizeof(initrd_name));
	memcpy(buffer, info.bytes, sizeof(info.bytes));
	*bytes = sizeof(info.bytes);
	return EFI_SUCCESS;
}

static EFIAPI EFI_STATUS file_set_info(EFI_FILE_PROTOCOL *this, EFI_GUID *kind, UINTN bytes,
				       VOID *buffer)
{
	(void)this, (void)kind, (void)bytes, (void)buffer;
	return EFI_WRITE_PROTECTED;
}

static EFIAPI EFI_STATUS file_flush(EFI_FILE_PROTOCOL *this)
{
	(void)this;
	return EFI_SUCCESS;
}

static EFIAPI EFI_STATUS open_volume(EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *this,
				     EFI_FILE_PROTOCOL **opened)
{
	if (this == NULL || opened == NULL)
		return EFI_INVALID_PARAMETER;
	*opened = &root.file;
	return EFI_SUCCESS;
}

static EFI_SIMPLE_FILE_SYSTEM_PROTOCOL file_system = {
	.Revision = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_REVISION,
	.OpenVolume = open_volume,
};

static struct served served(UINT64 size, UINT64 attributes)
{
	return (struct served){
		.file =
			{
				.Revision = EFI_FILE_PROTOCOL_REVISION,
				.Open = file_open,
				.Close = file_close,
				.Delete = file_delete,
				.Read = file_read,
				.Write = file_write,
				.GetPosition = file_get_position,
				.SetPosition = file_set_position,
				.GetInfo = file_get_info,
				.SetInfo = file_set_info,
				.Flush = file_flush,
			},
		.size = size,
		.attributes = EFI_FILE_READ_ONLY | attributes,
	};
}

enum status initrd_file_offer(const struct plan *p, struct report *report, EFI_HANDLE *device)
{
	EFI_STATUS efi;

	plan = p;
	root = served(0, EFI_FILE_DIRECTORY);
	initrd = served(p->initrd_total, 0);
	nothing = served(0, 0);
	handle = NULL;
	efi = boot_services->InstallMultipleProtocolInterfaces(&handle, &file_system_guid,
							       &file_system, NULL);
	if (EFI_ERROR(efi)) {
		handle = NULL;
		return fail(report, efi_status(efi),
			    "the firmware does not let us offer the initrd: %s", efi_words(efi));
	}
	*device = handle;
	return OK;
}

void initrd_file_withdraw(void)
{
	if (handle == NULL)
		return;
	boot_services->UninstallMultipleProtocolInterfaces(handle, &file_system_guid, &file_system,
							   NULL);
	handle = NULL;
	plan = NULL;
}
