/* An EFI program that sets variables and switches the machine off. Each word of its options is
 * VENDOR:NAME=TEXT, in ASCII. VENDOR is L, the Boot Loader Interface, or P, Partless. A variable of
 * L gets its text in UTF-16 with a NUL, one of P in bytes. In TEXT a '|' is the end of a line, and
 * '%' and four hexadecimal digits are a unit (in L) or a byte (in P). Without TEXT the variable is
 * deleted. */
#include <efi.h>

#define NAME_MAX 60
#define TEXT_MAX 1000

static EFI_GUID image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;

static EFI_GUID loader_guid = {
	0x4a67b082, 0x0a4c, 0x41cf, {0xb6, 0xc7, 0x44, 0x0b, 0x29, 0xbb, 0x8c, 0x4f}};
static EFI_GUID partless_guid = {
	0x3f1c5a52, 0x9d0b, 0x4c57, {0xa6, 0x1e, 0x0b, 0x7d, 0x42, 0x95, 0xc8, 0x31}};

static CHAR16 name[NAME_MAX + 1], units[TEXT_MAX + 1];
static unsigned char bytes[TEXT_MAX];

static unsigned digit(CHAR16 c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* Cuts a unit of TEXT off. */
static CHAR16 next(const CHAR16 **text)
{
	CHAR16 unit = 0;

	if (**text == '%') {
		for (unsigned i = 1; i <= 4; i++)
			unit = (CHAR16)(unit << 4 | digit((*text)[i]));
		*text += 5;
		return unit;
	}
	unit = *(*text)++;
	return unit == '|' ? '\n' : unit;
}

/* Sets the variable that the word at P says. Returns where the word ends. */
static const CHAR16 *keep(EFI_RUNTIME_SERVICES *runtime, const CHAR16 *p)
{
	BOOLEAN wide = *p == 'L';
	UINTN n = 0;

	for (p += 2; *p != '=' && n < NAME_MAX; p++)
		name[n++] = *p;
	name[n] = 0;
	p++;
	for (n = 0; *p > ' ' && n < TEXT_MAX; n++) {
		units[n] = next(&p);
		bytes[n] = (unsigned char)units[n];
	}
	units[n] = 0;
	runtime->SetVariable(name, wide ? &loader_guid : &partless_guid,
			     EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS |
				     EFI_VARIABLE_RUNTIME_ACCESS,
			     !wide  ? n
			     : n > 0 ? (n + 1) * sizeof(*units)
				     : 0,
			     wide ? (void *)units : (void *)bytes);
	return p;
}

EFI_STATUS EFIAPI efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *system);
EFI_STATUS EFIAPI efi_main(EFI_HANDLE self, EFI_SYSTEM_TABLE *system)
{
	EFI_LOADED_IMAGE_PROTOCOL *image;
	const CHAR16 *p;

	if (system->BootServices->HandleProtocol(self, &image_guid, (void **)&image) != EFI_SUCCESS)
		return EFI_UNSUPPORTED;
	p = image->LoadOptions;
	while (*p == 'L' || *p == 'P') {
		p = keep(system->RuntimeServices, p);
		while (*p == ' ')
			p++;
	}
	system->RuntimeServices->ResetSystem(EfiResetShutdown, EFI_SUCCESS, 0, NULL);
	return EFI_ABORTED;
}
