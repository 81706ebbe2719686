/* Starts \loader.efi from its own disk, and says what that program did not put back when it
 * returned. */
#include <efi.h>

struct state {
	UINTN watchdog; /* seconds, as last armed */
	UINTN cursor, attribute;
	UINTN pages; /* of loaders' code and data */
};

static EFI_GUID image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
static EFI_GUID files_guid = EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;

static EFI_SYSTEM_TABLE *system;
static EFI_BOOT_SERVICES *boot;
static EFI_SET_WATCHDOG_TIMER set_watchdog;
static UINTN watchdog;
static char program[1 << 20], map[1 << 16];

static EFIAPI EFI_STATUS watch(UINTN seconds, UINT64 code, UINTN bytes, CHAR16 *data)
{
	watchdog = seconds;
	return set_watchdog(seconds, code, bytes, data);
}

static UINTN loaders_pages(void)
{
	UINTN bytes = sizeof(map), key, step = 0, pages = 0;
	UINT32 version;

	if (boot->GetMemoryMap(&bytes, (void *)map, &key, &step, &version) != EFI_SUCCESS)
		return 0;
	for (UINTN at = 0; at < bytes; at += step) {
		const EFI_MEMORY_DESCRIPTOR *d = (void *)(map + at);

		if (d->Type == EfiLoaderCode || d->Type == EfiLoaderData)
			pages += d->NumberOfPages;
	}
	return pages;
}

static struct state state_now(void)
{
	return (struct state){watchdog, system->ConOut->Mode->CursorVisible,
			      system->ConOut->Mode->Attribute, loaders_pages()};
}

static void say(const CHAR16 *text)
{
	system->ConOut->OutputString(system->ConOut, (CHAR16 *)text);
}

static void compare(const CHAR16 *what, UINTN before, UINTN after)
{
	if (before != after) {
		say(u"around: left ");
		say(what);
		say(u"\r\n");
	}
}

static EFI_STATUS read_program(EFI_HANDLE device, UINTN *bytes)
{
	EFI_SIMPLE_FILE_SYSTEM_PROTOCOL *files;
	EFI_FILE_PROTOCOL *root, *file;
	EFI_STATUS status = boot->HandleProtocol(device, &files_guid, (void **)&files);

	if (status == EFI_SUCCESS)
		status = files->OpenVolume(files, &root);
	if (status == EFI_SUCCESS)
		status = root->Open(root, &file, (CHAR16 *)u"loader.efi", EFI_FILE_MODE_READ, 0);
	if (status == EFI_SUCCESS)
		status = file->Read(file, bytes, program);
	return status;
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *table);
EFI_STATUS EFIAPI efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *table)
{
	EFI_LOADED_IMAGE_PROTOCOL *own, *other;
	EFI_HANDLE image = NULL;
	UINTN bytes = sizeof(program);
	struct state before, after;
	EFI_STATUS status;

	system = table;
	boot = table->BootServices;
	set_watchdog = boot->SetWatchdogTimer;
	boot->SetWatchdogTimer = watch;
	system->ConOut->EnableCursor(system->ConOut, TRUE);
	system->ConOut->SetAttribute(system->ConOut, EFI_GREEN);
	before = state_now();
	status = boot->HandleProtocol(self, &image_guid, (void **)&own);
	if (status == EFI_SUCCESS)
		status = read_program(own->DeviceHandle, &bytes);
	if (status == EFI_SUCCESS)
		status = boot->LoadImage(FALSE, self, own->FilePath, program, bytes, &image);
	if (status == EFI_SUCCESS)
		status = boot->HandleProtocol(image, &image_guid, (void **)&other);
	if (status != EFI_SUCCESS) {
		say(u"around: cannot load it\r\n");
		return status;
	}
	other->DeviceHandle = own->DeviceHandle;
	boot->StartImage(image, NULL, NULL);
	after = state_now();
	compare(u"the watchdog", before.watchdog, after.watchdog);
	compare(u"the cursor", before.cursor, after.cursor);
	compare(u"a colour", before.attribute, after.attribute);
	compare(u"pages", before.pages, after.pages);
	boot->SetWatchdogTimer = set_watchdog;
	say(u"around: done\r\n");
	return EFI_SUCCESS;
}
