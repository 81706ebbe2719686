/* Starts \loader.efi from its own disk, and says what that program did not put back when it
 * returned. To that program it is a firmware that can protect memory: it says whether any was ever
 * writable and executable while the program made code of it. */
#include "test/efi/chain.h"

struct state {
	UINTN watchdog; /* seconds, as last armed */
	UINTN cursor, attribute;
	UINTN pages; /* of loaders' code and data */
};

static EFI_BOOT_SERVICES *boot;
static EFI_SET_WATCHDOG_TIMER set_watchdog;
static UINTN watchdog;
static char map[1 << 16];

/* EFI_MEMORY_ATTRIBUTE_PROTOCOL, UEFI specification, 37.7. The range is what was last protected as
 * a whole; its memory may be written and executed until then, as in most firmware. */
#define MEMORY_RO 0x20000

struct protector {
	EFI_STATUS(EFIAPI *get)(struct protector *, EFI_PHYSICAL_ADDRESS, UINT64, UINT64 *);
	EFI_STATUS(EFIAPI *set)(struct protector *, EFI_PHYSICAL_ADDRESS, UINT64, UINT64);
	EFI_STATUS(EFIAPI *clear)(struct protector *, EFI_PHYSICAL_ADDRESS, UINT64, UINT64);
};

static EFI_GUID protector_guid = {
	0xf4560cf6, 0x40ec, 0x4b4a, {0xa1, 0x92, 0xbf, 0x1d, 0x57, 0xd0, 0xb1, 0x89}};

static struct {
	const UINT8 *at;
	UINT64 bytes;
	UINT32 sum;                 /* of the bytes when execution was forbidden */
	EFI_PHYSICAL_ADDRESS fixed; /* where writing was forbidden; 0: nowhere */
	BOOLEAN written_before, both;
} range;

static UINT32 sum_of(const UINT8 *p, UINT64 n)
{
	UINT32 sum = 0;

	for (UINT64 i = 0; i < n; i++)
		sum = sum * 31 + p[i];
	return sum;
}

static EFIAPI EFI_STATUS get_attributes(struct protector *self, EFI_PHYSICAL_ADDRESS at,
					UINT64 bytes, UINT64 *attributes)
{
	(void)self, (void)at, (void)bytes;
	*attributes = 0;
	return EFI_SUCCESS;
}

static EFIAPI EFI_STATUS set_attributes(struct protector *self, EFI_PHYSICAL_ADDRESS at,
					UINT64 bytes, UINT64 attributes)
{
	(void)self;
	if (attributes & EFI_MEMORY_XP) {
		range.at = (const UINT8 *)(UINTN)at;
		range.bytes = bytes;
		range.sum = sum_of(range.at, bytes);
	}
	if (attributes & MEMORY_RO) {
		range.fixed = at;
		/* Code that is there already was written where it could be executed. */
		range.written_before = range.sum == sum_of(range.at, range.bytes);
	}
	return EFI_SUCCESS;
}

static EFIAPI EFI_STATUS clear_attributes(struct protector *self, EFI_PHYSICAL_ADDRESS at,
					  UINT64 bytes, UINT64 attributes)
{
	(void)self, (void)bytes;
	if (attributes & MEMORY_RO)
		range.at = NULL; /* the end: all is as before */
	else if (attributes & EFI_MEMORY_XP)
		range.both |= range.fixed != at;
	return EFI_SUCCESS;
}

static struct protector protector = {get_attributes, set_attributes, clear_attributes};

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

static void compare(const CHAR16 *what, UINTN before, UINTN after)
{
	if (before != after) {
		say(u"around: left ");
		say(what);
		say(u"\r\n");
	}
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *table);
EFI_STATUS EFIAPI efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *table)
{
	EFI_HANDLE image, handle = NULL;
	struct state before, after;
	EFI_STATUS status;

	system = table;
	boot = table->BootServices;
	set_watchdog = boot->SetWatchdogTimer;
	boot->SetWatchdogTimer = watch;
	system->ConOut->EnableCursor(system->ConOut, TRUE);
	system->ConOut->SetAttribute(system->ConOut, EFI_GREEN);
	before = state_now();
	status = chain_load(self, &image);
	if (status != EFI_SUCCESS) {
		say(u"around: cannot load it\r\n");
		return status;
	}
	boot->InstallProtocolInterface(&handle, &protector_guid, EFI_NATIVE_INTERFACE, &protector);
	boot->StartImage(image, NULL, NULL);
	boot->UninstallProtocolInterface(handle, &protector_guid, &protector);
	after = state_now();
	compare(u"the watchdog", before.watchdog, after.watchdog);
	compare(u"the cursor", before.cursor, after.cursor);
	compare(u"a colour", before.attribute, after.attribute);
	compare(u"pages", before.pages, after.pages);
	compare(u"pages protected", 0, range.at != NULL);
	compare(u"code where it could be executed while it was written", 0, range.written_before);
	compare(u"code writable", 0, range.both);
	say(range.fixed != 0 ? u"around: code was protected\r\n" : u"around: no code was made\r\n");
	boot->SetWatchdogTimer = set_watchdog;
	say(u"around: done\r\n");
	return EFI_SUCCESS;
}
